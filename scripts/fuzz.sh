#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/fuzz.sh [SECONDS]: the engine under libFuzzer, a minute if not said otherwise, from the same seed each time. What
# it finds is left in build/fuzz.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ && $# -le 1 ]] || stop "usage: scripts/fuzz.sh [SECONDS]"
install_packages build fuzz
CXX=clang++ build "$tree/build/fuzz" -DKEEPALIVE_FUZZ=ON
cd "$tree/build/fuzz" || exit 1
/usr/bin/python3 "$tree/tests/fuzz/make_corpus.py" corpus
tests/fuzz/fuzz-connection corpus -seed=1 -max_total_time="$seconds" -timeout=5 -max_len=600 -print_final_stats=1 > fuzz.log 2>&1
status=$?
[ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
if [ $status != 0 ]; then
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written' fuzz.log >&2
    stop "the fuzzer found something; build/fuzz/fuzz.log has all of it"
fi
grep -E 'number_of_executed_units' fuzz.log

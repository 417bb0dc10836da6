#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/fuzz.sh [--seed N] [SECONDS]: with AddressSanitizer and UndefinedBehaviorSanitizer, a third of the time the engine
# against its invariants under libFuzzer, a third with made stories, and a third the plugin in sharkd and tshark with mutated
# captures. A minute if not said otherwise, and from another seed each time, which is printed. For hours, say so many seconds.
# What it finds is left in build/fuzz.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

usage="usage: scripts/fuzz.sh [--seed N] [SECONDS]"
seed=$((RANDOM * 32768 + RANDOM))
if [ "${1:-}" = --seed ]; then
    seed=${2:-}
    shift 2 || stop "$usage"
fi
seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ && $# -le 1 ]] || stop "$usage"
install_packages build fuzz
CXX=clang++ build "$tree/build/fuzz" -DKEEPALIVE_FUZZ=ON
build "$tree/build/checked" -DCMAKE_BUILD_TYPE=Debug \
    "-DCMAKE_CXX_FLAGS=-fsanitize=address,undefined -fno-sanitize-recover=undefined"
echo "seed $seed"
cd "$tree/build/fuzz" || exit 1
place=seed-$seed # several may run at once
mkdir -p "$place"
/usr/bin/python3 "$tree/tests/fuzz/make_corpus.py" "$place/corpus"

fail() {
    [ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written|story|findings' "$1" >&2
    stop "the fuzzer found something; build/fuzz/$1 has all of it"
}

tests/fuzz/fuzz-connection "$place/corpus" -artifact_prefix="$place/" -seed="$seed" -max_total_time=$((seconds / 3)) -timeout=5 \
    -max_len=600 -print_final_stats=1 > "$place/fuzz.log" 2>&1 || fail "$place/fuzz.log"
grep -E 'number_of_executed_units' "$place/fuzz.log"
# The next run begins with its own seed, so nothing is kept but the log.
rm -rf "$place/corpus"

SECONDS=0 told=0 first=$((seed * 1000000))
while [ $SECONDS -lt $((seconds / 3)) ]; do
    tests/fuzz/check-stories $first 1000 > "$place/stories.log" 2>&1 || fail "$place/stories.log"
    first=$((first + 1000)) told=$((told + 8000))
done
echo "stat::made_connections_told:    $told"

"$tree/tests/fuzz/mutate_captures.py" "$tree/build/checked/plugin/keepalive.so" $((seconds / 3)) --seed "$seed" \
    > "$place/captures.log" 2>&1 || fail "$place/captures.log"
tail -n 1 "$place/captures.log"
[ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"

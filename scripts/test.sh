#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/test.sh: installs what is missing (Debian, Ubuntu; as root or with sudo), builds with warnings as errors, and
# runs the tests of the engine and of the plugin in tshark and sharkd. The last line is their count.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ $# = 0 ] || stop "takes no arguments"
echo "Builds the plugin and its tests (about a minute on 2 cores, a few seconds the next time), then tests it (2 to 8 minutes)."
install_packages build test
build "$tree/build/test" -DKEEPALIVE_WERROR=ON -DKEEPALIVE_TESTS=ON -DKEEPALIVE_FLEET=ON

results=$tree/build/test/results
rm -rf "$results"
mkdir "$results"
files=() failed=

echo "--- The engine: packet scripts, a few seconds"
for tests in "$tree"/build/test/tests/*/*-tests; do
    files+=("$results/$(basename "$tests").xml")
    if "$tests" --gtest_output="xml:${files[-1]}" > "$results/log" 2>&1; then
        tail -n 1 "$results/log"
    else
        cat "$results/log"
        failed=yes
    fi
done

echo "--- The plugin in tshark and sharkd: every capture in pcaps/, 2 to 8 minutes on 2 cores"
files+=("$results/captures.xml")
/usr/bin/python3 -m pytest -q -p no:cacheprovider --color=no -rs -n "$(nproc)" --junitxml="${files[-1]}" "$tree/tests/captures" ||
    failed=yes

[ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
echo
/usr/bin/python3 "$scripts/count_tests.py" "${files[@]}" && [ -z "$failed" ]

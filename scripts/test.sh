#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/test.sh: installs what is missing (Debian, Ubuntu; as root or with sudo), builds with warnings as errors, and
# runs the tests of the engine and of the plugin in tshark and sharkd. The last line is their count.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ $# = 0 ] || stop "takes no arguments"
install_packages build test
build "$tree/build/test" -DKEEPALIVE_WERROR=ON -DKEEPALIVE_TESTS=ON

passed=0 failed=0 skipped=0

# add NUMBER to the variable NAME; nothing if there is no number.
add() {
    printf -v "$1" %d "$(($1 + ${2:-0}))"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

echo "--- engine"
(cd "$tree/build/test" && ctest --output-on-failure) > "$log" 2>&1
status=$?
# "100% tests passed, 0 tests failed out of 25"
count=$(sed -nE 's/.* ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log")
if [ $status = 0 ]; then
    tail -n 4 "$log"
else
    cat "$log"
fi
add failed "${count% *}"
add passed "$((${count#* } - ${count% *}))"
[ -n "$count" ] || add failed 1

echo "--- tshark and sharkd"
/usr/bin/python3 -m pytest -q -p no:cacheprovider --color=no -rs "$tree/tests/captures" 2>&1 | tee "$log"
# "2 failed, 140 passed, 1 skipped, 1 error in 65.40s (0:01:05)"
count=$(tail -n 1 "$log")
number() { sed -nE "s/(.*[^0-9])?([0-9]+) $1.*/\2/p" <<< "$count"; }
add passed "$(number passed)"
add failed "$(number failed)"
add failed "$(number error)"
add skipped "$(number skipped)"
[ -n "$(number passed)" ] || [ -n "$(number failed)" ] || add failed 1

[ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
echo
echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/matrix.sh [--packages] [SUITE...]: builds and tests this tree with the Wireshark of each Debian suite, all of
# scripts/suites if none is named, and prints one table. With --packages it also makes the Debian packages, and
# installs, uses and removes each on a machine that has nothing else.
# build/matrix/SUITE/ keeps what each step said, every keepalive.* field of pcaps/, and the packages.
# Needs root or sudo, and the network when a suite is used for the first time. The root file systems are kept in
# $KEEPALIVE_ROOTS, ~/.cache/wireshark-keepalive/roots if not set.
set -uo pipefail
export KEEPALIVE_ROOTS=${KEEPALIVE_ROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/wireshark-keepalive/roots}
if [ "$(id -u)" != 0 ]; then
    exec sudo "KEEPALIVE_ROOTS=$KEEPALIVE_ROOTS" "$0" "$@"
fi
here=$(dirname "$(realpath "$0")")
tree=$(dirname "$here")

package=
if [ "${1:-}" = --packages ]; then
    package=--package
    shift
fi
suites=$(awk '!/^#/ { print $1 }' "$here/suites")
for suite in "$@"; do
    if ! grep -qx "$suite" <<< "$suites"; then
        echo "matrix.sh: no suite $suite; there are" $suites >&2
        exit 2
    fi
done
[ $# = 0 ] || suites=$*

if ! command -v mmdebstrap > /dev/null; then
    apt-get update -qq && apt-get install -qq --yes mmdebstrap > /dev/null || exit 1
fi

results=$tree/build/matrix
rm -rf "$results"
mkdir -p "$results"
source=$(mktemp -d)
chmod 755 "$source"
running=
# SIGKILL, because unshare ignores the others while it waits; all that runs in the root dies with it.
trap '[ -z "$running" ] || kill -KILL "$running" 2> /dev/null; rm -rf "$source"; chown -R --reference="$tree" "$tree/build"' EXIT
trap 'exit 130' INT TERM

# in_root SUITE KIND COMMAND...: in a fresh copy of the suite's root file system; /mnt/out is the suite's directory of results.
in_root() {
    local suite=$1 root started=$SECONDS
    root=$("$here/matrix/make-root.sh" "$2" "$suite" 2> "$results/$suite/root.log") || {
        echo "--- making the $2 root of $suite failed; the end of its log:" >&2
        tail -n 10 "$results/$suite/root.log" >&2
        return 1
    }
    [ $((SECONDS - started)) -lt 2 ] || echo "$2-root ok $((SECONDS - started))" >> "$results/$suite/steps"
    shift 2
    "$here/matrix/in-root.sh" "$root" "$source" "$results/$suite" "$@" &
    running=$!
    wait "$running"
    local result=$?
    running=
    return $result
}

# The files of this tree as they are now, without what git ignores.
(cd "$tree" && { git ls-files --cached --others --exclude-standard -z -- . ':!build' 2> /dev/null || find . -path ./build -prune -o \( -type f -o -type l \) -print0; } |
    tar --create --null --files-from - --ignore-failed-read) | tar --extract -C "$source"

for suite in $suites; do
    echo "=== $suite" >&2
    mkdir "$results/$suite"
    in_root "$suite" build /mnt/source/scripts/matrix/build-and-test.sh /mnt/source /mnt/out $package
    if ls "$results/$suite"/*.deb > /dev/null 2>&1; then
        in_root "$suite" clean /mnt/source/scripts/matrix/try-package.sh /mnt/source /mnt/out
    fi
done
"$here/matrix/report.py" "$results" $suites

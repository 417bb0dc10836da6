#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/compare-engines.sh [--stories N] [--list] REVISION [CAPTURE_OR_FOLDER...]: what the engine of this tree tells
# otherwise than that of REVISION, of N made stories (60,000 if not said otherwise) and of each connection of pcaps/, or of
# the captures given. Prints how many stories differ and the first one of each kind as a packet script, with the lines
# that differ; with --list the lines that differ of every capture. Fails if there is a difference.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

usage="usage: scripts/compare-engines.sh [--stories N] [--list] REVISION [CAPTURE_OR_FOLDER...]"
stories=60000 list=
while [[ ${1:-} == --* ]]; do
    case $1 in
        --stories) stories=${2:-}; shift 2 || stop "$usage" ;;
        --list) list=yes; shift ;;
        *) stop "$usage" ;;
    esac
done
[[ $# -ge 1 && $stories =~ ^[0-9]+$ ]] || stop "$usage"
revision=$(git -C "$tree" rev-parse --verify --quiet "$1^{commit}") || stop "there is no revision $1"
shift
[ $# -gt 0 ] || set -- "$tree/pcaps"
install_packages build test

place=$tree/build/compare
mkdir -p "$place/old"
rm -rf "$place/old/plugin"
# -m: else the files are as old as their commit, and ninja takes what it has built of a newer one for current.
git -C "$tree" archive "$revision" plugin/engine | tar -xm -C "$place/old" || stop "cannot take plugin/engine out of $1"
for side in old new; do
    engine=$tree/plugin
    [ $side = new ] || engine=$place/old/plugin
    cmake -S "$tree/tests/stories" -B "$place/$side/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DKEEPALIVE_ENGINE_FROM="$engine" > "$place/build.log" 2>&1 &&
        cmake --build "$place/$side/build" >> "$place/build.log" 2>&1 || { tail -n 30 "$place/build.log" >&2; stop "the build failed"; }
done
/usr/bin/python3 "$tree/tests/stories/export_captures.py" "$place/scripts" "$@" > "$place/scripts.list" ||
    stop "the captures could not be read"

# tell SIDE WORD...
tell() {
    local side=$1
    shift
    "$place/$side/build/tell-stories" "$@"
}

different=
# compare KIND: lines "story hash" of both sides are in $place/{old,new}/told.
compare() {
    local names count total
    total=$(wc -l < "$place/new/told")
    names=$(diff "$place/old/told" "$place/new/told" | sed -n 's/^> \(.*\) [0-9]*$/\1/p')
    count=$(grep -c . <<< "$names")
    echo "$1: $count of $total differ"
    [ "$count" -gt 0 ] || return 0
    different=yes
    [ -n "$list" ] && [ "$1" = connections ] || names=$(head -n 1 <<< "$names")
    while read -r name; do
        echo "--- $name"
        diff --unified="$([ -n "$list" ] && echo 0 || echo 1000)" <(tell old show "$name") <(tell new show "$name") | tail -n +4
    done <<< "$names"
}

for side in old new; do
    tell $side made 1 "$stories" > "$place/$side/told" &
done
wait
compare "made stories"
for side in old new; do
    xargs "$place/$side/build/tell-stories" scripts < "$place/scripts.list" > "$place/$side/told" || stop "a script could not be read"
done
compare connections
[ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
[ -z "$different" ]

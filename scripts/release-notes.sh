#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/release-notes.sh VERSION: prints the section of CHANGELOG.md about VERSION, without its heading.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ $# = 1 ] || stop "usage: scripts/release-notes.sh VERSION"
notes=$(awk -v heading="## $1" '/^## / { inside = ($0 == heading); next } inside' "$tree/CHANGELOG.md" | sed '/./,$!d')
[ -n "$notes" ] || stop "CHANGELOG.md has no section \"## $1\""
echo "$notes"

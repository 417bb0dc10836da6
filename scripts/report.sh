#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/report.sh CAPTURE [PAGE]: what the TCP keepalives in CAPTURE say, in words and pictures, as one HTML file that
# needs no network: PAGE, or report.html. scripts/fleet.sh does the same for many captures.
# Installs what is missing (Debian, Ubuntu; as root or with sudo) and builds in build/fleet.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

usage="usage: scripts/report.sh CAPTURE [PAGE]"
[ $# = 1 ] || [ $# = 2 ] || stop "$usage"
[[ $1 != -* ]] || stop "there is no option $1; $usage"
[ -e "$1" ] || stop "there is no file $1"
[ -f "$1" ] || stop "$1 is not a file"
page=${2:-report.html}

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
KEEPALIVE_FLEET_NAME=report.sh "$scripts/fleet.sh" run --workers 1 --out "$place" "$1" > "$place/said"
result=$?
[ $result = 0 ] || [ $result = 3 ] || exit $result
head -n 2 "$place/said"
KEEPALIVE_FLEET_NAME=report.sh "$scripts/fleet.sh" report --out "$place" > /dev/null && mv "$place/report.html" "$page" || exit 1
echo "$page"
exit $result

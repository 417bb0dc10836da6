#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/demo.sh [CAPTURE]: prints the story of the TCP keepalives in CAPTURE, or in one of pcaps/.
# Installs what is missing (Debian, Ubuntu; as root or with sudo), builds the plugin in build/demo, and loads it from
# there: nothing of it is installed, and no user's configuration is read or changed.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ $# -le 1 ] || stop "more than one capture; usage: scripts/demo.sh [CAPTURE]"
capture=${1:-$(realpath --relative-base="$PWD" "$tree/pcaps/silent_firewall.client.pcap")}
[ -e "$capture" ] || stop "there is no $capture"
[ -f "$capture" ] || stop "$capture is not a file"
[ -r "$capture" ] || stop "$capture: no permission to read it"

install_packages build demo
build "$tree/build/demo"
/usr/bin/python3 "$scripts/story.py" "$tree/build/demo/plugin/keepalive.so" "$capture"

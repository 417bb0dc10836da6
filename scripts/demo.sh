#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/demo.sh: see the text below. Nothing of the plugin is installed, and no user's configuration is read or changed.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

usage='usage: scripts/demo.sh [--all] [CAPTURE]'
help="$usage

Prints what the TCP keepalives in CAPTURE say: a line for each connection, the worst first, then a line for each frame.
Without CAPTURE it takes pcaps/silent_firewall.client.pcap.

  --all   print all connections and frames; without it the first 20 and the first 100
  --help  print this text

Installs what is missing (Debian, Ubuntu; as root or with sudo) and builds the plugin in build/demo."

all=
while [[ ${1:-} == -* ]]; do
    case $1 in
    --all) all=--all ;;
    --help | -h) echo "$help" && exit ;;
    *) stop "there is no option $1; $usage" ;;
    esac
    shift
done
[ $# -le 1 ] || stop "more than one capture; $usage"
capture=${1-$(realpath --relative-base="$PWD" "$tree/pcaps/silent_firewall.client.pcap")}
[ -n "$capture" ] || stop "the name of the capture is empty; $usage"
[ -e "$capture" ] || stop "there is no file $capture"
[ -f "$capture" ] || stop "$capture is not a file"
[ -r "$capture" ] || stop "no permission to read $capture"
[ -s "$capture" ] || stop "$capture is empty"

install_packages build demo
build "$tree/build/demo"
/usr/bin/python3 "$scripts/story.py" $all "$tree/build/demo/plugin/keepalive.so" "$capture"

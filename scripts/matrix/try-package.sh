#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# try-package.sh SOURCE OUT: what a user does with the Debian package in OUT, as root on a machine that has nothing else:
# installs it, asks for the probes of a few captures of SOURCE/pcaps as a normal user and as root, removes it.
# Adds its steps to OUT/steps like build-and-test.sh.
set -uo pipefail
source=$1 out=$2
user=keeper

step() {
    local name=$1 started=$EPOCHREALTIME result=ok
    shift
    "$@" > "$out/$name.log" 2>&1 < /dev/null || result=failed
    echo "$name $result $(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $started }")" >> "$out/steps"
    if [ $result = failed ]; then
        echo "--- $name failed; the end of its log:" >&2
        tail -n 30 "$out/$name.log" >&2
        exit 1
    fi
}

# answer COMMAND...: tshark, run by COMMAND, finds the probes that the truth beside a capture names, and no others.
answer() {
    local name capture expected found
    "$@" tshark -G plugins | grep ^keepalive || return 1
    for name in answered.client dead_peer.client ipv6.client begun_idle_live_peer.client; do
        capture=$source/pcaps/$name.pcap
        expected=$(sed -n 's/^ *\([0-9]*\): *probe *\(#.*\)\?$/\1/p' "${capture%.pcap}.yaml")
        found=$("$@" tshark -n -2 -r "$capture" -Y keepalive.probe -T fields -e frame.number)
        echo "$name: probes" $found
        if [ -z "$found" ] || [ "$found" != "$expected" ]; then
            echo "$name: the truth is" $expected
            return 1
        fi
    done
}

# Everything on the disk that has our name, but what is no part of the machine.
ours() {
    find / \( -path /proc -o -path /dev -o -path /mnt \) -prune -o -iname '*keepalive*' -print | sort
}

remove() {
    local files left
    files=$(dpkg -L wireshark-keepalive)
    apt-get remove --yes --quiet wireshark-keepalive || return 1
    left=$(while read -r file; do [ -d "$file" ] || [ ! -e "$file" ] || echo "$file"; done <<< "$files"
           comm -13 "$out/before" <(ours)
           dpkg --get-selections | grep keepalive)
    echo "left: ${left:-nothing}"
    [ -z "$left" ] && ! tshark -G plugins | grep ^keepalive
}

useradd --create-home $user
ours > "$out/before"
step apt-install apt-get install --yes --quiet "$out"/*.deb
step as-user answer runuser -u $user --
step as-root answer
step removed remove

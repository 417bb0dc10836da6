#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make-root.sh KIND SUITE: makes a minimal root file system of a Debian suite, unless it is there, and prints its path.
#   build    what building, testing and packaging needs: scripts/debian-packages
#   clean    nothing but apt; tshark's packages lie in apt's cache, so that installing ours needs no network
# They are kept in $KEEPALIVE_ROOTS, and made anew when the list of packages changes or their directory is removed.
set -euo pipefail
kind=$1 suite=$2
scripts=$(dirname "$(dirname "$(realpath "$0")")")
root=$KEEPALIVE_ROOTS/$suite

options=(--quiet --variant=apt
    --include=passwd  # useradd; no longer part of every Debian
    # Suites out of support are no longer signed anew, and a mirror may lag behind sid.
    '--aptopt=Acquire::Check-Valid-Until "false"'
    # A plugin is built for a release, and the security archive of an old one is the first to lose its files.
    '--setup-hook=sed -i /security/d "$1/etc/apt/sources.list"')
case $kind in
build)
    options+=("--include=$(awk '/^(build|test|package) / { print $2 }' "$scripts/debian-packages" | sort -u | paste -sd,)") ;;
clean)
    root+=-clean
    options+=(--skip=cleanup/apt
        '--customize-hook=chroot "$1" apt-get install --yes --download-only tshark libstdc++6') ;;
esac

mkdir -p "$KEEPALIVE_ROOTS"
exec 9> "$root.lock"
flock 9  # another matrix may be making it
if [ ! -d "$root" ] || [ "$(cat "$root.options" 2> /dev/null)" != "${options[*]}" ]; then
    rm -rf --one-file-system "$root" "$root.new" "$root.options"
    mmdebstrap "${options[@]}" "$suite" "$root.new" >&2
    mv "$root.new" "$root"
    echo "${options[*]}" > "$root.options"
fi
echo "$root"

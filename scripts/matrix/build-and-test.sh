#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build-and-test.sh SOURCE OUT [--package]: one line of the matrix, as root on a machine with scripts/debian-packages.
# Copies SOURCE and, as a normal user, builds it with warnings as errors, installs the plugin for that user, runs the
# tests, and writes to OUT
#   steps                  one line a step: NAME ok|failed SECONDS
#   wireshark, compiler    their versions
#   NAME.log               what the step said
#   fields.json            every keepalive.* field of every frame in pcaps/
# With --package it also makes the source archive and, from what is in that, the Debian package, and checks it with
# lintian.
set -uo pipefail
source=$(realpath "$1") out=$(realpath "$2") package=${3:-}
user=keeper
home=/home/$user
failed=0

# step NAME COMMAND...: runs COMMAND as the normal user, in the copy of the source.
step() {
    local name=$1 started=$EPOCHREALTIME result=ok seconds
    shift
    (cd $home/source && runuser -u $user -- env HOME=$home "$@") > "$out/$name.log" 2>&1 < /dev/null || result=failed
    seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $started }")
    echo "$name $result $seconds" >> "$out/steps"
    if [ $result = failed ]; then
        echo "--- $name failed; the end of its log:" >&2
        tail -n 30 "$out/$name.log" >&2
        failed=1
        return 1
    fi
}

id $user > /dev/null 2>&1 || useradd --create-home $user
rm -rf $home/source $home/build
cp -r "$source" $home/source
chown -R $user: $home
: > "$out/steps"
tshark --version 2> /dev/null | sed -n '1s/.* \([0-9]\+\.[0-9]\+\.[0-9]\+\).*/\1/p' > "$out/wireshark"
g++ -dumpfullversion | sed 's/^/g++ /' > "$out/compiler"

step configure cmake -S . -B $home/build -G Ninja -DKEEPALIVE_WERROR=ON || exit 1
step build cmake --build $home/build || exit 1
step install cmake --install $home/build --component personal || exit 1
step loaded bash -c "tshark -G plugins | grep ^keepalive" || exit 1
step tests scripts/test.sh
step installing env KEEPALIVE_BUILD=$home/build python3 -m pytest -q -p no:cacheprovider tests/packages
step fields python3 scripts/matrix/dump_fields.py pcaps $home/fields.json && cp $home/fields.json "$out/fields.json"
step uninstall bash -c "cmake --build $home/build --target uninstall-personal && ! tshark -G plugins | grep ^keepalive"

if [ "$package" = --package ]; then
    step archive bash -c "cd $home/build && cpack --config CPackSourceConfig.cmake"
    step package env DEB_BUILD_MAINT_OPTIONS=hardening=+all bash -c "
        tar -xf $home/build/wireshark-keepalive-*.tar.gz -C $home && cd $home/wireshark-keepalive-* &&
        export CXXFLAGS=\"\$(dpkg-buildflags --get CXXFLAGS) \$(dpkg-buildflags --get CPPFLAGS)\" &&
        export LDFLAGS=\"\$(dpkg-buildflags --get LDFLAGS)\" &&
        cmake -S . -B build -G Ninja && cmake --build build && cd build && cpack -G DEB" || exit 1
    cp $home/build/wireshark-keepalive-*.tar.gz $home/wireshark-keepalive-*/build/*.deb "$out"
    step lintian lintian --info --fail-on error $home/wireshark-keepalive-*/build/*.deb
fi
exit $failed

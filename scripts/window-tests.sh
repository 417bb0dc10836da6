#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/window-tests.sh [--pictures] [PYTEST_OPTION...]: installs what is missing (Debian, Ubuntu; as root or with
# sudo), builds the plugin, and uses the real Wireshark window on a screen of its own, as a normal user.
# With --pictures the tests make the pictures of docs/ anew.
# What the screen looked like when a test failed is in build/window/failures.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

pictures=()
if [ "${1:-}" = --pictures ]; then
    pictures=("--pictures=$tree/docs/pictures")
    shift
fi
if command -v apt-cache > /dev/null && ! command -v Xvfb > /dev/null && [ -z "$(apt-cache search --names-only '^xvfb$')" ]; then
    as_root apt-get update -qq
    if [ -z "$(apt-cache search --names-only '^xvfb$')" ]; then
        echo "skipped: this system has no package xvfb, and without an X server there is no window"
        exit 0
    fi
fi
install_packages build window
build "$tree/build/window"
rm -rf "$tree/build/window/failures"
KEEPALIVE_PLUGIN=$tree/build/window/plugin/keepalive.so \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --color=no -rs "$tree/tests/window" "${pictures[@]}" "$@"
status=$?
if [ "$(id -u)" = 0 ]; then
    chown -R --reference="$tree" "$tree/build"
    [ ${#pictures[@]} = 0 ] || chown -R --reference="$tree" "$tree/docs/pictures"
fi
exit $status

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/fleet-tests.sh [--long] [PYTEST_OPTION...]: installs what is missing (Debian, Ubuntu; as root or with sudo),
# builds, and tests scripts/fleet.sh. With --long also two million packets, and a cluster in network namespaces (as root).
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

install_packages build fleet fleet-test
build "$tree/build/fleet" -DKEEPALIVE_FLEET=ON
KEEPALIVE_BUILD=$tree/build/fleet \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --color=no -n "$(nproc)" "$tree/tests/fleet" "$@"

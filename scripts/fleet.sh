#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/fleet.sh run|status [OPTION...]: judges the captures of a fleet as one; see docs/fleet.md, or --help.
# Installs what is missing (Debian, Ubuntu; as root or with sudo) and builds the plugin and the map in build/fleet.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

install_packages build fleet
build "$tree/build/fleet" -DKEEPALIVE_FLEET=ON
export KEEPALIVE_MAP=$tree/build/fleet/fleet/map/keepalive-map KEEPALIVE_PLUGIN=$tree/build/fleet/plugin/keepalive.so
PYTHONPATH=$tree:$scripts exec /usr/bin/python3 -m fleet "$@"

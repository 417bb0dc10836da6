#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/bench.sh [--record]: what the plugin costs in instructions and memory; fails if that is more than
# tests/bench/recorded.json says. With --record it writes what it measures there. Takes some minutes (valgrind).
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ "$*" = "" ] || [ "$*" = --record ] || stop "takes no argument but --record"
install_packages build bench
build "$tree/build/demo"
KEEPALIVE_PLUGIN=$tree/build/demo/plugin/keepalive.so /usr/bin/python3 "$tree/tests/bench/bench.py" "$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/bench.sh: what the plugin costs in instructions and memory; fails over budget. Takes some minutes (valgrind).
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ $# = 0 ] || stop "takes no arguments"
install_packages build bench
build "$tree/build/demo"
KEEPALIVE_PLUGIN=$tree/build/demo/plugin/keepalive.so /usr/bin/python3 "$tree/tests/bench/bench.py"

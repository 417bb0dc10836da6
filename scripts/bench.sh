#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/bench.sh [--record|--docs]: what the plugin costs in instructions and memory; fails if that is more than
# tests/bench/recorded.json says. Takes some minutes (valgrind). With --record it writes what it measures there; with
# --docs it makes docs/performance.md anew, which takes half an hour.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

case "$*" in
"" | --record | --docs) ;;
*) stop "usage: scripts/bench.sh [--record|--docs]" ;;
esac
install_packages build bench
build "$tree/build/demo"
export KEEPALIVE_PLUGIN=$tree/build/demo/plugin/keepalive.so
if [ "$*" = --docs ]; then
    /usr/bin/python3 "$tree/tests/bench/tables.py"
else
    /usr/bin/python3 "$tree/tests/bench/bench.py" "$@"
fi

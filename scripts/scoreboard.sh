#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/scoreboard.sh [--docs]: how right keepalive.* and tcp.analysis are on all captures of pcaps/, each frame that
# is wrong by its number, and the table. Fails unless the plugin is right everywhere. With --docs it also writes the
# tables of docs/fields.md, docs/accuracy.md and docs/capture-filter.md and the text of docs/rules.md anew.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ "$*" = "" ] || [ "$*" = --docs ] || stop "usage: scripts/scoreboard.sh [--docs]"
install_packages build test
build "$tree/build/test" -DKEEPALIVE_WERROR=ON -DKEEPALIVE_TESTS=ON -DKEEPALIVE_FLEET=ON
/usr/bin/python3 "$tree/tests/captures/print_scoreboard.py" "$@"

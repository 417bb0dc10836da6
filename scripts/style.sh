#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/style.sh [--fix]: clang-format and clang-tidy as .clang-format and .clang-tidy say. With --fix, formats.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ "$*" = "" ] || [ "$*" = --fix ] || stop "usage: scripts/style.sh [--fix]"
install_packages build test style
build "$tree/build/test" -DKEEPALIVE_WERROR=ON -DKEEPALIVE_TESTS=ON
cd "$tree" || exit 1
mapfile -t files < <(find plugin tests \( -name '*.cpp' -o -name '*.h' \) -print)
mapfile -t sources < <(find plugin -name '*.cpp' -print)
if [ "$*" = --fix ]; then
    clang-format -i "${files[@]}"
    exit
fi
failed=
clang-format --dry-run --Werror "${files[@]}" || failed=yes
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/test 2> /dev/null || failed=yes
[ -z "$failed" ]

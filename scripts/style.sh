#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/style.sh [--fix]: clang-format, clang-tidy, flake8 and shellcheck, as .clang-format, .clang-tidy, .flake8 and
# .shellcheckrc say. With --fix, formats the C and C++ sources and checks nothing.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

[ "$*" = "" ] || [ "$*" = --fix ] || stop "usage: scripts/style.sh [--fix]"
install_packages build test style
cd "$tree" || exit 1
mapfile -t files < <(find plugin fleet lab tests \( -name '*.cpp' -o -name '*.c' -o -name '*.h' \) -print)
mapfile -t sources < <(find plugin fleet -name '*.cpp' -print)
if [ "$*" = --fix ]; then
    clang-format -i "${files[@]}"
    exit
fi
build "$tree/build/test" -DKEEPALIVE_WERROR=ON -DKEEPALIVE_TESTS=ON -DKEEPALIVE_FLEET=ON
failed=

# check NAME COMMAND...: says what is checked, as clang-tidy takes minutes.
check() {
    echo "--- $1"
    shift
    "$@" || failed=yes
}

tidy() {
    # It does not know all of g++'s options.
    printf '%s\n' "${sources[@]}" |
        xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/test --extra-arg=-Wno-ignored-optimization-argument 2> /dev/null
}

check flake8 flake8 fleet lab scripts tests
check shellcheck shellcheck --severity=warning .ci/run scripts/*.sh scripts/matrix/*.sh lab/stacks/*/*.sh
check clang-format clang-format --dry-run --Werror "${files[@]}"
check clang-tidy tidy
[ -z "$failed" ]

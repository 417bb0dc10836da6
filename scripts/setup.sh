# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the scripts that a user starts: stops with one line, installs what is missing, builds.
# `tree` is the project's folder, `scripts` this one.
scripts=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
tree=$(dirname "$scripts")
export PYTHONDONTWRITEBYTECODE=1  # root must leave nothing in a user's tree

# stop MESSAGE: says in one line why there is no going on.
stop() {
    echo "$(basename "$0"): $1" >&2
    exit 1
}

# as_root COMMAND...: by sudo, unless this is root already.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# missing_packages PURPOSE...: those of scripts/debian-packages for these purposes that are not installed.
missing_packages() {
    local wanted
    wanted=$(awk -v purposes=" $* " '!/^#/ && NF && index(purposes, " " $1 " ") { print $2 }' "$scripts/debian-packages" | sort -u)
    comm -23 <(echo "$wanted") \
        <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' $wanted 2> /dev/null | sed -n 's/^installed //p' | sort -u)
}

# install_packages PURPOSE...: installs them.
install_packages() {
    local missing log
    command -v apt-get > /dev/null || stop 'this is neither Debian nor Ubuntu: README.md, "Install", says what to do elsewhere'
    missing=$(missing_packages "$@" | xargs)
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || command -v sudo > /dev/null || stop "needs root or sudo, to install $missing"
    echo "Installing $missing ..." >&2
    log=$(mktemp)
    if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes $missing; } \
        > "$log" 2>&1 < /dev/null; then
        missing="apt-get could not install $missing: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
        rm -f "$log"
        stop "$missing"
    fi
    rm -f "$log"
}

# build DIRECTORY [CMAKE_OPTION...]: says nothing unless it fails.
build() {
    local directory=$1 log=$1/build.log settings failed=
    shift
    settings="$tree $*"
    [ "$settings" = "$(cat "$directory/settings" 2> /dev/null)" ] || rm -rf "$directory"
    mkdir -p "$directory" 2> /dev/null && [ -w "$directory" ] || stop "cannot write to $directory"
    if [ ! -e "$directory/settings" ]; then
        echo "Building ..." >&2
        cmake -S "$tree" -B "$directory" -G Ninja "$@" > "$log" 2>&1 && echo "$settings" > "$directory/settings" || failed=yes
    fi
    [ -n "$failed" ] || cmake --build "$directory" >> "$log" 2>&1 || failed=yes
    # What root builds in a user's tree stays the user's.
    [ "$(id -u)" != 0 ] || chown -R --reference="$tree" "$tree/build"
    if [ -n "$failed" ]; then
        tail -n 30 "$log" >&2
        stop "the build failed; all that it said is in $log"
    fi
}

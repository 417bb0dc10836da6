#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh LINK ADDRESS MAC: starts a user-mode Linux on the packet socket with the descriptor LINK. What the kernel itself
# says goes to nowhere.
link=$1
shift
exec 3>&1 4>&2 >/dev/null 2>&1
exec linux.uml mem=64M rootfstype=hostfs rootflags="$(dirname "$(realpath "$0")")/root" rw init=/init con=null ssl0=fd:0,fd:3 \
    ssl1=null,fd:4 "vec0:transport=fd,fd=$link,vec=0" -- "$@"

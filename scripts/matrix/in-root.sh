#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# in-root.sh ROOT SOURCE OUT COMMAND...: runs COMMAND as root in a copy of the root file system ROOT, with the directory
# SOURCE at /mnt/source (read-only) and the directory OUT at /mnt/out.
# ROOT itself stays as it is: what COMMAND writes goes to memory. The mounts are seen by COMMAND alone and end with it,
# however it ends; killing this process (unshare) kills everything in it.
set -euo pipefail

if [ "$1" != --inside ]; then
    exec unshare --mount --pid --fork --kill-child --propagation private "$0" --inside "$@"
fi
root=$(realpath "$2") source=$(realpath "$3") out=$(realpath "$4")
shift 4

stage=$root/mnt
mount -t tmpfs -o mode=755 tmpfs "$stage"
mkdir "$stage/written" "$stage/work" "$stage/root"
mount -t overlay -o "lowerdir=$root,upperdir=$stage/written,workdir=$stage/work" overlay "$stage/root"
root=$stage/root
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mkdir -p "$root/mnt/source" "$root/mnt/out"
mount --bind "$source" "$root/mnt/source"
mount -o remount,bind,ro "$root/mnt/source"
mount --bind "$out" "$root/mnt/out"
cp /etc/resolv.conf "$root/etc/resolv.conf"

exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"

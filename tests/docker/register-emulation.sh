#!/usr/bin/env bash
# Lets the kernel run programs of a foreign processor under qemu, in containers too.
# usage: register-emulation.sh ARCHITECTURE, e.g. aarch64, as root, with qemu-user-static installed.
set -euo pipefail
kernel=/proc/sys/fs/binfmt_misc
[ -e "$kernel/register" ] || mount -t binfmt_misc binfmt_misc "$kernel"
[ -e "$kernel/qemu-$1" ] || cat "/usr/lib/binfmt.d/qemu-$1.conf" > "$kernel/register"

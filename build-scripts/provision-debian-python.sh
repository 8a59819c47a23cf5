#!/usr/bin/env bash
# Extracts a Python of Debian, for any architecture, into a folder; its `python` runs it.
# usage: provision-debian-python.sh SUITE ARCHITECTURE [PYTHON PACKAGE…] FOLDER
# e.g. sid arm64 python3.15 python3.15-minimal …; by default Debian's own CPython and NumPy. Headers
# go to `include`.
set -euo pipefail
[ "$#" -gt 3 ] || set -- "$1" "$2" python3 python3-minimal python3-numpy "$3"
suite=$1 architecture=$2 python=$3 && shift 3
packages=("${@:1:$#-1}") folder=${*: -1}
scripts=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"; cd "$folder"
[ ! -x python ] || exit 0

rm -rf apt root site include; mkdir -p root/usr/lib site
"$scripts/run-private-apt.sh" deb "$suite" "$architecture" apt install "${packages[@]}"

# Where newer suites expect a link, older ones put a folder in its place.
ln -s usr/lib root/lib
for package in apt/archives/*.deb; do dpkg --extract "$package" root; done
(cd apt/archives && ls -- *.deb) > contents.txt; rm -rf apt

# The oldest processors that wheels of an architecture are for, where qemu's default is newer.
# Code for other systems may ask for more: QEMU_CPU.
cpu=
case $architecture in
    amd64 | i386) emulator= ;;
    arm64) emulator=qemu-aarch64-static cpu=cortex-a72 ;;
    armhf) emulator=qemu-arm-static cpu=cortex-a9 ;;
    ppc64el) emulator=qemu-ppc64le-static ;;
    *) emulator=qemu-$architecture-static ;;
esac

# NumPy alone: other modules that Debian has beside it are not to be found by a test.
numpy=root/usr/lib/python3/dist-packages/numpy
[ ! -e "$numpy" ] || mv "$numpy" site/

# The headers of CPython include the part of them that is for one architecture by its path.
version=$(cd root/usr/bin && readlink -f "$python" | sed 's|.*/||')
if [ -e "root/usr/include/$version" ]; then
    cp -r "root/usr/include/$version" include
    find root/usr/include -path "*-linux-gnu*/$version/pyconfig.h" -exec cp {} include/ \;
fi

# A loader that is given its libraries needs no root folder; nothing of this machine is loaded.
loader=$(cd root && find lib/ usr/lib/ -path '*-linux-gnu*/ld*.so.[0-9]' | sort | head -1)
folders=$(cd root && printf '$here/root/%s:' usr/lib/*-linux-gnu*{,/blas,/lapack} lib/*-linux-gnu*)
# PyPy finds its library by itself, whatever PYTHONHOME is.
cat > python.new << WRAPPER
#!/bin/sh
# Runs Debian $suite's $python for $architecture with this folder's libraries and NumPy.
here=\$(cd "\$(dirname "\$0")" && pwd)
export PYTHONHOME="\$here/root/usr" PYTHONPATH="\${PYTHONPATH:+\$PYTHONPATH:}\$here/site"
libraries="$folders"
${cpu:+export QEMU_CPU="\${QEMU_CPU:-$cpu}"}
exec $emulator "\$here/root/$loader" --library-path "\$libraries" \\
    "\$here/root/usr/bin/$python" "\$@"
WRAPPER
chmod +x python.new
"$scripts/compile-imports.sh" "$PWD/python.new"
mv python.new python

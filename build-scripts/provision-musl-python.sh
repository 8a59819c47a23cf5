#!/usr/bin/env bash
# Builds CPython 3.11 with musl, for x86_64, in a folder; its `python` runs it.
# usage: provision-musl-python.sh FOLDER; it takes gcc, make and about two minutes of two cores.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
[ ! -x python ] || exit 0

# Debian 13's musl: NumPy's wheels need what musl 1.2.4 brought, packed relocations.
rm -rf apt musl source build root
mkdir -p source build root/lib
"$scripts/run-private-apt.sh" deb trixie amd64 apt/musl download musl musl-dev
"$scripts/run-private-apt.sh" deb-src bookworm amd64 apt/source source python3.11
(cd apt && ls -- musl/*.deb source/*.dsc) > contents.txt
for package in apt/musl/*.deb; do
    dpkg --extract "$package" musl
done
tar --extract --file apt/source/python3.11_*.orig.tar.* --directory source --strip-components 1
root=$PWD
cd build

# gcc with musl's headers and libraries; it would name glibc's platform.
library=$root/musl/usr/lib/x86_64-linux-musl
specs=$library/musl-gcc.specs
sed --in-place "s|/usr/|$root/musl/usr/|g; s|/lib/ld-musl-x86_64.so.1|$library/libc.so|" "$specs"
cat > cc << COMPILER
#!/bin/sh
[ "\$1" != --print-multiarch ] || exec echo x86_64-linux-musl
exec gcc "\$@" -specs "$specs"
COMPILER
chmod +x cc

# One program with all modules in it, as far as they need no library that is not there.
MODULE_BUILDTYPE=static ../source/configure --quiet --build=x86_64-linux-musl --prefix=/usr \
    --disable-test-modules --without-ensurepip --without-doc-strings \
    CC="$PWD/cc" OPT='-O1 -g0' PKG_CONFIG=false > configure.log 2>&1
cp Modules/Setup.stdlib Modules/Setup.local
make --jobs 2 python pybuilddir.txt > make.log 2>&1
cp --recursive ../source/Lib ../root/lib/python3.11
cp build/lib.*/_sysconfigdata_*.py ../root/lib/python3.11/
cp python ../root/cpython
cp ../musl/usr/lib/x86_64-linux-musl/libc.so ../root/ld-musl-x86_64.so.1
cd ..
rm -rf apt musl source build root/lib/python3.11/test

cat > python.new << 'WRAPPER'
#!/bin/sh
# Runs CPython under musl's own loader, which is not on this machine otherwise.
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONHOME="$here/root"
exec "$here/root/ld-musl-x86_64.so.1" "$here/root/cpython" "$@"
WRAPPER
chmod +x python.new
"$scripts/compile-imports.sh" "$PWD/python.new"
mv python.new python

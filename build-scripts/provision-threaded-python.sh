#!/usr/bin/env bash
# Builds a free-threaded CPython of Debian's sources in a folder; its `python` runs it.
# usage: provision-threaded-python.sh SUITE VERSION FOLDER, e.g. forky 3.13 …
# It takes gcc, make and about two minutes of two cores.
set -euo pipefail
suite=$1 version=$2
scripts=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3"
cd "$3"
[ ! -x python ] || exit 0

rm -rf apt source build root include
mkdir -p source build root/lib
"$scripts/run-private-apt.sh" deb-src "$suite" amd64 apt source "python$version"
(cd apt && ls -- *.orig.tar.*) > contents.txt
tar --extract --file "apt/python${version}"_*.orig.tar.* --directory source --strip-components 1
cd build

# One program with all modules in it, as far as they need no library that is not there.
MODULE_BUILDTYPE=static ../source/configure --quiet --disable-gil --prefix=/usr \
    --disable-test-modules --without-ensurepip --without-doc-strings \
    OPT='-O1 -g0' PKG_CONFIG=false > configure.log 2>&1
cp Modules/Setup.stdlib Modules/Setup.local
make --jobs 2 python pybuilddir.txt > make.log 2>&1
cp --recursive ../source/Lib "../root/lib/python${version}t"
cp build/lib.*/_sysconfigdata_*.py "../root/lib/python${version}t/"
cp python ../root/cpython
cp --recursive ../source/Include ../include
cp pyconfig.h ../include/
cd ..
rm -rf apt source build "root/lib/python${version}t/test"

cat > python.new << 'WRAPPER'
#!/bin/sh
# Runs the free-threaded CPython of this folder.
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONHOME="$here/root"
exec "$here/root/cpython" "$@"
WRAPPER
chmod +x python.new
"$scripts/compile-imports.sh" "$PWD/python.new"
mv python.new python

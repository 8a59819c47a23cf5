#!/usr/bin/env bash
# Makes a local image that looks like manylinux from Debian's packages, unless it is there already.
# usage: make-base-image.sh {x86_64|i686|aarch64|bullseye}, as root, with debootstrap installed.
# An image carries the digest of what it was made from as its label `esig.recipe`.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
engine=${ENGINE:-docker}
suite=bookworm name=manylinux_$1 compiler=g++,make
pythons=python3-dev,python3-numpy
case $1 in
    x86_64)
        debian=amd64 processor=amd64
        # What pyenv's CPythons load that a minimal system has not.
        pythons=libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libnsl2,libreadline8
        pythons+=,libsqlite3-0,libssl3,libtirpc3,libuuid1,zlib1g
        ;;
    i686) debian=i386 processor=386 ;;
    aarch64) debian=arm64 processor=arm64 && "$here/register-emulation.sh" aarch64 ;;
    bullseye) suite=bullseye name=bullseye debian=amd64 processor=amd64 ;;
esac
image=esig-test/$name:local

"$engine" version > /dev/null
versions=$([ "$1" != x86_64 ] || ls -d "$(pyenv root)"/versions/*)
scripts=("$0" "$here"/{copy-pythons,link-python,load-root}.sh)
recipe=$({ cat "${scripts[@]}" && echo "$versions"; } | sha256sum | cut -d ' ' -f 1)
label='{{index .Config.Labels "esig.recipe"}}'
made=$("$engine" image inspect --format "$label" "$image" 2> /dev/null ||:)
[ "$made" != "$recipe" ] || exit 0

work=$(mktemp --directory "${TMPDIR:-/var/tmp}/esig-base-image.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
# Who loses power begins again; there is nothing to keep.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/test-image"
targets=(--format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian')
mirror=$(apt-get indextargets "${targets[@]}" | head -1)
debootstrap --variant=minbase --arch="$debian" --include="$compiler,$pythons" \
    "$suite" "$root" "$mirror" > "$work/log" || { tail -n 50 "$work/log" && exit 1; }
rm -rf "$root"/var/{cache/apt,lib/apt/lists,log}/* "$root"/usr/share/{doc,info,locale,man}/*

if [ "$1" = x86_64 ]; then
    "$here/copy-pythons.sh" "$root"
else
    "$here/link-python.sh" "$root"
fi
"$here/load-root.sh" "$root" "$image" "$processor" "$recipe"

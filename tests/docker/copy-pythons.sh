#!/usr/bin/env bash
# Copies every CPython of pyenv to the same path in a root folder, and links it in /opt/python.
# usage: copy-pythons.sh ROOT, an absolute path
set -euo pipefail
root=$1
facts='import platform, sys, sysconfig
suffix = getattr(sys, "abiflags", "")
if sys.version_info[0] == 2:
    suffix = "mu" if sys.maxunicode > 0xFFFF else "m"
version = "cp%d%d" % sys.version_info[:2]
print(platform.python_implementation() + " %s-%s%s" % (version, version, suffix))'

leave=(--exclude=test --exclude=idlelib --exclude='*.a' --exclude='*.opt-[12].pyc')
mkdir -p "$root/opt/python"
for prefix in "$(pyenv root)"/versions/*; do
    read -r implementation tag < <("$prefix/bin/python" -c "$facts")
    [ "$implementation" = CPython ] || continue
    packages=$(cd "$prefix" && echo lib/python*/site-packages)
    tar -C / -c "${leave[@]}" --exclude="${prefix#/}/$packages" "${prefix#/}" | tar -C "$root" -x

    # Of what was installed into them, what those of manylinux have too.
    cd "$prefix/$packages"
    mkdir -p "$root$prefix/$packages"
    find . -maxdepth 1 '(' -name 'pip*' -o -name 'setuptools*' -o -name 'wheel*' \
        -o -name pkg_resources ')' -exec tar -c {} + | tar -C "$root$prefix/$packages" -x
    ln -sfn "$prefix" "$root/opt/python/$tag"

    # Whoever runs the image need not be who owns the folder.
    folder=$prefix
    while [ "$folder" != / ]; do
        chmod a+rx "$root$folder"
        folder=$(dirname "$folder")
    done
done

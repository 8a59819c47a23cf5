#!/usr/bin/env bash
# Links Debian's CPython in a root folder as manylinux has it, /opt/python/cp311-cp311/bin/python.
# usage: link-python.sh ROOT
# /opt/numpy/cp311-cp311 holds NumPy alone, for a PYTHONPATH; Debian has more beside it.
set -euo pipefail
root=$1
version=$(basename "$(readlink "$root/usr/bin/python3")")
tag=cp${version#python}
tag=${tag/./}
mkdir -p "$root/opt/python/$tag-$tag/bin" "$root/opt/numpy/$tag-$tag"
ln -sf "/usr/bin/$version" "$root/opt/python/$tag-$tag/bin/python"
ln -sf "/usr/bin/$version" "$root/opt/python/$tag-$tag/bin/python3"
ln -sfn /usr/lib/python3/dist-packages/numpy "$root/opt/numpy/$tag-$tag/numpy"

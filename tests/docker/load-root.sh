#!/usr/bin/env bash
# Makes an image of one layer from a root folder and loads it into the engine.
# usage: load-root.sh ROOT IMAGE PROCESSOR RECIPE, e.g. … esig-test/manylinux_i686:local 386 …
# `docker import` would take every image for one of this machine's own processor; podman builds
# nothing on an image without a history.
set -euo pipefail
root=$1 image=$2 processor=$3 recipe=$4
work=$(mktemp --directory "${TMPDIR:-/var/tmp}/esig-image.XXXXXX")
trap 'rm -rf "$work"' EXIT

tar --sort=name --numeric-owner --one-file-system -C "$root" -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
cat > "$work/config.json" << CONFIG
{
  "architecture": "$processor",
  "os": "linux",
  "config": {
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
    "Cmd": ["/bin/bash"],
    "Labels": {"esig.recipe": "$recipe"}
  },
  "history": [{"created_by": "debootstrap"}],
  "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}
}
CONFIG
cat > "$work/manifest.json" << MANIFEST
[{"Config": "config.json", "RepoTags": ["$image"], "Layers": ["layer.tar"]}]
MANIFEST
tar -C "$work" -c manifest.json config.json layer.tar | "${ENGINE:-docker}" load --quiet

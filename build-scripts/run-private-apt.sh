#!/usr/bin/env bash
# Runs apt-get with a package index of its own: nothing is installed, this machine's own stays.
# usage: run-private-apt.sh {deb|deb-src} SUITE ARCHITECTURE FOLDER COMMAND…
# What it downloads stays in FOLDER, checked by Debian's signatures, from this machine's mirror.
set -euo pipefail
type=$1 suite=$2 architecture=$3
mkdir -p "$4"/{lists,archives}/partial
cd "$4"
shift 4

touch status
targets=(--format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian')
mirror=$(apt-get indextargets "${targets[@]}" | head -1)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "$type [signed-by=$keys] $mirror $suite main" > sources.list
private_apt() {
    apt-get --quiet=2 --yes --no-install-recommends --download-only \
        --option "APT::Architecture=$architecture" --option "APT::Architectures=$architecture" \
        --option "Dir::Etc::SourceList=$PWD/sources.list" --option Dir::Etc::SourceParts=- \
        --option "Dir::State::Lists=$PWD/lists" --option "Dir::State::Status=$PWD/status" \
        --option "Dir::Cache=$PWD" --option Acquire::Languages=none \
        --option APT::Sandbox::User=root "$@"
}
private_apt update
private_apt "$@" > /dev/null

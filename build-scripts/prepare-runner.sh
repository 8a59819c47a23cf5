#!/usr/bin/env bash
# Installs what a runner of GitHub lacks for a release: pyenv for old CPythons, and emulation.
set -euo pipefail

# Its development goes on without tags for every CPython; this commit has all of xtask.toml.
pyenv_commit=f6a5b409e9fd1ad78aa4350ddc1fc5fc3d0fa666

case "$(uname -s)" in
Linux)
    # Besides the emulators, what pyenv compiles CPythons with.
    sudo apt-get update
    sudo apt-get install --yes --no-install-recommends qemu-user-static \
        build-essential libbz2-dev libffi-dev liblzma-dev libreadline-dev libsqlite3-dev \
        libssl-dev zlib1g-dev
    ;;
Darwin)
    brew install openssl@3 readline xz
    ;;
*)
    exit 0
    ;;
esac

git init --quiet "$HOME/.pyenv"
git -C "$HOME/.pyenv" fetch --quiet --depth 1 https://github.com/pyenv/pyenv "$pyenv_commit"
git -C "$HOME/.pyenv" checkout --quiet FETCH_HEAD
echo "$HOME/.pyenv/bin" >> "$GITHUB_PATH"

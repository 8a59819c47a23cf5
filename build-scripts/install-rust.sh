#!/usr/bin/env bash
# Installs the Rust that the variable RUSTUP_TOOLCHAIN pins, where rustup is.
set -euo pipefail
rustup toolchain install "$RUSTUP_TOOLCHAIN" --profile minimal --no-self-update

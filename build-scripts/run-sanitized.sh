#!/usr/bin/env bash
# Runs a program that loads what c++ compiled with a sanitizer: asan, or tsan for data races.
#     run-sanitized.sh asan PROGRAM [ARGUMENT ...]
set -euo pipefail

command=("${@:2}")
# The sanitizer of threads knows no addresses as random as some systems make them.
if setarch -R true 2> /dev/null; then
    command=(setarch -R "${command[@]}")
fi
LD_PRELOAD=$(c++ -print-file-name="lib$1.so")
# With its own allocator Python would hide a step beyond an object's end; what it never frees is no
# leak of ours.
export LD_PRELOAD PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0
exec "${command[@]}"

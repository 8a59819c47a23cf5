#!/usr/bin/env bash
# Starts a docker engine where none answers, and waits until it does; installs nothing.
# usage: start-docker.sh [FOLDER], as root; images are kept in FOLDER, by default /var/lib/docker.
set -euo pipefail
folder=${1:-/var/lib/docker}
run=/var/run/esig-dockerd

answers() {
    docker version > /dev/null 2>&1
}

if answers; then
    exit 0
fi
for program in docker dockerd; do
    command -v "$program" > /dev/null || {
        printf 'error: `%s` is not on PATH\nhint: %s\n' "$program" \
            'install it: `apt-get install docker.io`' >&2
        exit 1
    }
done
if [ "$(id -u)" != 0 ]; then
    printf 'error: no docker engine answers, and only root can start one\nhint: %s\n' \
        'start it: `sudo systemctl start docker`, or run this script with sudo' >&2
    exit 1
fi

# Whoever comes second waits for the first one's engine.
mkdir -p "$run" "$folder"
exec 9> "$run/lock"
flock 9
if answers; then
    exit 0
fi

# In a session of its own, so that it outlives whatever called this; the lock is not its own.
setsid nohup dockerd --data-root "$folder" --exec-root "$run/exec" --pidfile "$run/pid" \
    --host unix:///var/run/docker.sock > "$run/log" 2>&1 < /dev/null 9>&- &
engine=$!
for ((second = 0; second < 60; second++)); do
    if answers; then
        echo "started a docker engine; stop it with: kill $engine (its log: $run/log)" >&2
        exit 0
    fi
    kill -0 "$engine" 2> /dev/null || break
    sleep 1
done
grep --invert-match level=info "$run/log" | tail -n 5 >&2 ||:
printf 'error: the docker engine does not answer\nhint: see its log, %s\n' "$run/log" >&2
exit 1

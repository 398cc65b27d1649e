#!/bin/sh
# Have a container Engine on a Debian machine of which we are root: install Docker and start it,
# where none answers. Prints the process id of a dockerd that was started here, else nothing.
set -eu
log=${1:-/tmp/dlgrade-dockerd.log}

answers() { docker version >/dev/null 2>&1; }

if answers; then exit 0; fi
if ! command -v dockerd >/dev/null || ! command -v debootstrap >/dev/null; then
    apt-get update -q >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y docker.io debootstrap >&2
fi
if answers; then exit 0; fi  # the package has started it
nohup dockerd >"$log" 2>&1 </dev/null &
started=$!
for _ in $(seq 60); do
    if answers; then
        echo "$started"
        exit 0
    fi
    sleep 1
done
echo "dockerd does not answer; the end of its log:" >&2
tail -n 20 "$log" >&2
exit 1

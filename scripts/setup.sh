#!/bin/sh
# Make a virtual environment from the lock file and install dlgrade into it.
# Debian keeps pip and venv's bootstrap in packages of their own: install them where we may.
set -eu
venv=$1

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "dlgrade needs Python 3.11 or newer as python3" >&2
    exit 1
fi
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
    echo "python3-venv is missing: installing it"
    $as_root apt-get update -q
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends python3-venv ca-certificates
fi
python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

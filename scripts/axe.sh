#!/bin/sh
# Install axe-core, which tests/pages/ looks at pages with, below .cache/ and print its path.
# It is under the MPL-2.0, so it is no part of this repository.
set -eu
cd "$(dirname "$0")/.."
version=4.14.1
folder=.cache/axe
script=$PWD/$folder/node_modules/axe-core/axe.min.js
if [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || [ ! -f "$script" ]; then
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts \
        --silent "axe-core@$version" >&2
    echo "$version" >"$folder/version"
fi
echo "$script"

#!/usr/bin/env bash
# The picture of the README: a real red report. The script starts the reference deployment without
# `Vary` and runs one incident on it in a terminal of 100 columns. It draws the output as an SVG.
#
#     ci/picture.sh            writes reports/red.svg
#
# Needs Python with venv, for `rich` from PyPI, which draws terminals. It replaces the free port by
# the one of the README, and changes nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

gauntlet=${GAUNTLET:-}
if [ -z "$gauntlet" ]; then
  cargo build -q --bin gauntlet
  gauntlet=${CARGO_TARGET_DIR:-target}/debug/gauntlet
fi
venv=${CARGO_TARGET_DIR:-target}/picture
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import rich' 2>/dev/null || "$venv/bin/pip" install -q 'rich==15.*'

work=$(mktemp -d)
"$gauntlet" testbed --fault no-vary --listen 127.0.0.1:0 >"$work/testbed" &
testbed=$!
trap 'kill "$testbed" 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q Ctrl-C "$work/testbed"; do sleep 0.1; done
url=$(awk '/^site/ { print $2 }' "$work/testbed")

# Colours need a terminal, so `script` provides one.
code=0
script -qec "stty rows 60 cols 100; $gauntlet run --only delivery/missing-vary --site $url 2>/dev/null" "$work/typescript" >/dev/null </dev/null || code=$?
[ "$code" -eq 1 ] || { echo "expected a red run, exit code 1; it was $code" >&2; exit 1; }

"$venv/bin/python" ci/picture.py "$work/typescript" "$url" reports/red.svg
echo "reports/red.svg"

#!/usr/bin/env bash
# Layouts of real packages, healthy and broken, each with what must be said of it. A healthy one
# must be READY. A page that is dead must not be. Not part of .ci/run: the packages have 340 MB,
# and all layouts take 12 minutes.
#
#   ci/field.sh [PATTERN] [--only-browser | --only-off]
set -euo pipefail
cd "$(dirname "$0")/.."

export FIELD=${CARGO_TARGET_DIR:-$PWD/target}/field
export GAUNTLET=${GAUNTLET:-${CARGO_TARGET_DIR:-$PWD/target}/debug/gauntlet}
[ -x "$GAUNTLET" ] || cargo build -q
mkdir -p "$FIELD/npm" "$FIELD/layouts" "$FIELD/out"
if ! cmp -s ci/field/package.json "$FIELD/npm/installed.json"; then
  cp ci/field/package.json "$FIELD/npm/package.json"
  npm install --prefix "$FIELD/npm" --no-audit --no-fund --no-package-lock --loglevel=error
  cp ci/field/package.json "$FIELD/npm/installed.json"
fi
node ci/field/make.mjs
node ci/field/run.mjs "$@" | tee "$FIELD/table.txt"
if grep -E '^\|.*(FALSE|MISSED|NO END)' "$FIELD/table.txt"; then
  echo "these layouts got a wrong verdict"
  exit 1
fi

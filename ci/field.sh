#!/usr/bin/env bash
# Layouts of real packages, healthy and broken, each with what must be said of it. A healthy one
# must be READY. A page that is dead must not be. .ci/run takes those of `small`, because all
# packages have 340 MB, and all layouts take 12 minutes.
#
#   ci/field.sh small
#   ci/field.sh [PATTERN] [--only-browser | --only-off]
set -euo pipefail
cd "$(dirname "$0")/.."

export FIELD=${CARGO_TARGET_DIR:-$PWD/target}/field
export GAUNTLET=${GAUNTLET:-${CARGO_TARGET_DIR:-$PWD/target}/debug/gauntlet}
[ -x "$GAUNTLET" ] || cargo build -q
mkdir -p "$FIELD/npm" "$FIELD/layouts" "$FIELD/out"
packages=ci/field/package.json
if [ "${1:-}" = small ]; then
  # A page that does well on sight, in a service worker, in a frame or behind a link, and one of
  # each kind of failure. They need three packages and two minutes.
  small='^(h09|h10|h11|h14|b04|b12|b13|b18|b28)-'
  set -- "$small"
  packages=$FIELD/small.json
  node -e 'const all = require("./ci/field/package.json");
    const few = ["@jsquash/png", "esbuild", "wabt"];
    all.dependencies = Object.fromEntries(few.map((name) => [name, all.dependencies[name]]));
    console.log(JSON.stringify(all))' >"$packages"
fi
# What is installed for all layouts serves the small ones, too.
if ! cmp -s "$packages" "$FIELD/npm/installed.json" &&
  ! cmp -s ci/field/package.json "$FIELD/npm/installed.json"; then
  cp "$packages" "$FIELD/npm/package.json"
  npm install --prefix "$FIELD/npm" --no-audit --no-fund --no-package-lock --loglevel=error
  cp "$packages" "$FIELD/npm/installed.json"
fi
node ci/field/make.mjs "${small:-}"
node ci/field/run.mjs "$@" | tee "$FIELD/table.txt"
# Of the small ones everything is right, also without a browser. Of all, some end in doubt.
wrong='FALSE|MISSED|NO END'
[ -z "${small:-}" ] || wrong="$wrong|OPEN|not by|DUPLICATES|unseen|open:"
if grep -E "^\|.*($wrong)" "$FIELD/table.txt"; then
  echo "these layouts got a wrong verdict"
  exit 1
fi

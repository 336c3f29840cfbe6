#!/usr/bin/env bash
# Runs the commands of the documents that call cargo, because a test inside `cargo test` cannot do
# that: the installation, and the tests of the example host and of the documents. It also runs "Add
# an incident" of CONTRIBUTING.md, word for word, in a copy of the repository (`quick`: only that).
# A test checks that the documents and this script have the same commands.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "${1:-}" != quick ]; then
  CARGO_INSTALL_ROOT=$work/root cargo install -q --locked --path harness/gauntlet
  "$work/root/bin/gauntlet" --version
  cargo test -q --test gauntlet
  cargo test -q --test docs
fi

# A copy, so that the working tree does not change. Built dependencies are shared.
mkdir "$work/copy"
git ls-files -z | xargs -0 cp -P --parents -t "$work/copy"
cd "$work/copy"

# The files in CONTRIBUTING.md, exactly as shown.
awk '
  /^```/ && name { close(name); name = ""; next }
  /^```/ && match($0, /file=[^ ]+/) { name = substr($0, RSTART + 5, RLENGTH - 5); printf "" > name; next }
  name { print > name }
' CONTRIBUTING.md

UPDATE_CATALOGUE=1 cargo test -q -p hostile-guests
cargo run -q -- run --only host/half-output
cargo run -q -- prove --only host/half-output --out out
UPDATE_REFERENCE=1 cargo test -q --test reference

# The commands had the effects that the page describes.
grep -q '`trap-half-output`' hostile-guests/CATALOGUE.md
grep -q '^| `host/half-output` | green | `panic-on-trap` |' out/detection.md
grep -q '^| `host/half-output` |' harness/docs/reference/incidents.md

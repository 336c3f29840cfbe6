#!/usr/bin/env bash
# The commands of the documents that a test inside `cargo test` cannot run, because they call cargo:
# the installation, the tests of the example host and of the documents, and "Add an incident" of
# CONTRIBUTING.md, word for word, in a copy of the repository (`quick`: that alone). A test holds that
# the documents and this script have the same commands.
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

# A copy, so that the working tree stays as it is. What is built of other crates is shared.
mkdir "$work/copy"
git ls-files -z | xargs -0 cp -P --parents -t "$work/copy"
cd "$work/copy"

# The files that CONTRIBUTING.md shows, each as it stands there.
awk '
  /^```/ && name { close(name); name = ""; next }
  /^```/ && match($0, /file=[^ ]+/) { name = substr($0, RSTART + 5, RLENGTH - 5); printf "" > name; next }
  name { print > name }
' CONTRIBUTING.md

UPDATE_CATALOGUE=1 cargo test -q -p hostile-guests
cargo run -q -- run --only host/half-output
cargo run -q -- prove --only host/half-output --out out
UPDATE_REFERENCE=1 cargo test -q --test reference

# What was typed did what the page says.
grep -q '`trap-half-output`' hostile-guests/CATALOGUE.md
grep -q '^| `host/half-output` | green | `panic-on-trap` |' out/detection.md
grep -q '^| `host/half-output` |' harness/docs/reference/incidents.md

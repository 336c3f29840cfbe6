#!/usr/bin/env bash
# The README's first command and `cargo test` share one build: after the tests are built, `cargo
# build` has nothing to do. If one library of the tests requests one more feature of a shared crate,
# the engines compile twice. That takes five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --workspace -q --no-run
# One line of JSON for each package. A package that was compiled now is not fresh.
built=$(cargo build --message-format json -q | sed -n 's/.*"package_id":"\([^"]*\)".*"fresh":false.*/\1/p' | sort -u)
[ -z "$built" ] || { echo "cargo build compiled once more:"; echo "$built"; exit 1; }

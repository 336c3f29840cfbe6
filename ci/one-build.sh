#!/usr/bin/env bash
# The README's first command and `cargo test` are one build: after the tests are built, `cargo build`
# finds everything done. One library of the tests that asks a common crate for one more feature is
# enough to compile the engines twice, for five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --workspace -q --no-run
# A line of JSON for each package; those that were compiled now are not fresh.
built=$(cargo build --message-format json -q | sed -n 's/.*"package_id":"\([^"]*\)".*"fresh":false.*/\1/p' | sort -u)
[ -z "$built" ] || { echo "cargo build compiled once more:"; echo "$built"; exit 1; }

#!/usr/bin/env bash
# Format and lints, for before a commit. `.ci/run` has the format alone: to check once more all that
# we depend on takes four of its forty minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --workspace --all-targets -q -- -D warnings
ci/slow-tests.sh clippy

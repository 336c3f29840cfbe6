#!/usr/bin/env bash
# Format and lints, before a commit and in `.ci/run`. A warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --workspace --all-targets -q -- -D warnings
ci/slow-tests.sh clippy

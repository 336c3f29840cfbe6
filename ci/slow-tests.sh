#!/usr/bin/env bash
# The tests that `cargo test` leaves out, so that it ends in five minutes: `test = false` in the
# Cargo.toml of the package, each with its reason. A test (`left_out`) holds that this list has all of
# them.
# `ci/slow-tests.sh clippy` lints them, as `--all-targets` leaves them out, too.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=(
  --test compile_cost
  --test deployments
  --test differential
  --test go_pairs
  --test heavy
  --test interruption
  --test mix
  --test presets
  --test reproduce
  --test site_hostile
  --test wazero
)
case ${1:-test} in
  test) cargo test --workspace -q --no-fail-fast "${tests[@]}" ;;
  clippy) cargo clippy --workspace -q "${tests[@]}" -- -D warnings ;;
  *) echo "usage: ci/slow-tests.sh [clippy]" >&2; exit 2 ;;
esac

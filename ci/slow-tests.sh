#!/usr/bin/env bash
# The tests that `cargo test` leaves out, so that it ends in five minutes: `test = false` in the
# Cargo.toml of the package. A tidy test holds that this list has all of them.
set -euo pipefail
cd "$(dirname "$0")/.."

SLOW

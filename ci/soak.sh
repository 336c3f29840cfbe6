#!/usr/bin/env bash
# What takes too long for every change: 10,000 drawn modules on every runtime (or as many as the first
# argument says), then the mix of 10,000 calls (or as many as the second says). A module on which
# runtimes differ is written to target/tmp/differential.
set -euo pipefail
cd "$(dirname "$0")/.."

GAUNTLET_DRAWN_MODULES=${1:-10000} cargo test --release -q -p wasm-gauntlet --test differential \
  every_runtime_agrees_on_drawn_modules -- --nocapture
GAUNTLET_MIX_CALLS=${2:-10000} cargo test --release -q -p wasm-gauntlet --test mix

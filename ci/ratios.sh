#!/usr/bin/env bash
# Figures that are claimed, each as a ratio in one run; exit 1 where one does not hold.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo bench -q -p wasm-gauntlet --bench deadline
cargo bench -q -p wasm-gauntlet --bench load
cargo bench -q -p wasm-gauntlet --bench embedded_call

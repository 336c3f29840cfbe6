#!/usr/bin/env bash
# Every scenario against the healthy testbed and against every twin: all right, or exit 1.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo run --release -q -- prove --out "$out/prove"
diff reports/detection.md "$out/prove/detection.md"
GAUNTLET_PROVED=$out/prove cargo test -q -p wasm-gauntlet --test detection

#!/usr/bin/env bash
# A newcomer's first command: ready, and in under 30 s after the build on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release -q
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
began=$(date +%s)
cargo run --release -q -- run --out "$out/run"
took=$(($(date +%s) - began))
echo "took $took s"
[ "$took" -lt 30 ] || { echo "expected under 30 s"; exit 1; }
for file in run.json junit.xml journal.jsonl; do
  [ -s "$out/run/$file" ] || { echo "$file is missing"; exit 1; }
done

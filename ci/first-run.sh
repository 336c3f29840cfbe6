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

# Two more commands of the README, with a folder of scenarios that a user may have.
gauntlet=$PWD/target/release/gauntlet
mkdir "$out/my-scenarios"
cp scenarios/catalogue/host/trap-is-data.yaml "$out/my-scenarios/mine.yaml"
"$gauntlet" run --only host/deadline --runtime wasmi
(cd "$out" && "$gauntlet" run --scenarios my-scenarios/ --runtime wasmtime)

#!/usr/bin/env bash
# A newcomer's first command: ready, and in under a minute after the build on 2 cores (a
# bare machine takes 36 s; guests of real compilers, where these are there, 15 s more).
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release -q
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# Three attempts, each told: a machine that others use meanwhile makes the run slower, or doubtful.
for attempt in 1 2 3; do
  began=$(date +%s)
  code=0
  cargo run --release -q -- run --out "$out/run" || code=$?
  took=$(($(date +%s) - began))
  echo "attempt $attempt: exit code $code, took $took s"
  if [ "$code" -eq 0 ] && [ "$took" -lt 60 ]; then break; fi
done
[ "$code" -eq 0 ] || { echo "expected exit code 0"; exit 1; }
[ "$took" -lt 60 ] || { echo "expected under 60 s"; exit 1; }
for file in run.json junit.xml journal.jsonl; do
  [ -s "$out/run/$file" ] || { echo "$file is missing"; exit 1; }
done

# Two more commands of the README, with a folder of scenarios that a user may have.
gauntlet=$PWD/target/release/gauntlet
mkdir "$out/my-scenarios"
cp scenarios/catalogue/host/trap-is-data.yaml "$out/my-scenarios/mine.yaml"
"$gauntlet" run --only host/deadline --runtime wasmi
(cd "$out" && "$gauntlet" run --scenarios my-scenarios/ --runtime wasmtime)

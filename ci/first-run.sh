#!/usr/bin/env bash
# A newcomer's first command in an empty home folder is READY. After the build it takes less than a
# minute on 2 cores, on a machine with only a Rust toolchain. Guests of installed compilers take
# additional time.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/again.sh

cargo build -q
gauntlet=$PWD/target/debug/gauntlet
out=$(mktemp -d)
# Go makes its module cache read-only.
trap 'chmod -R u+w "$out"; rm -rf "$out"' EXIT
# Rust stays in its place. Everything else is looked up in the new home folder.
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
unset XDG_CACHE_HOME XDG_CONFIG_HOME GOCACHE GOENV GOPATH
mkdir "$out/bare" "$out/tmp"

# A run in a new home folder. Sets `began`, `code` and `took` (ms).
fresh() {
  local home
  home=$(mktemp -d -p "$out")
  code=0
  began=$(date +%s%N)
  HOME=$home TMPDIR=$out/tmp "$@" || code=$?
  took=$((($(date +%s%N) - began) / 1000000))
}

# The limit is for a machine without compilers, so this part has none on its path. Other load slows
# a run or makes it inconclusive: there are three attempts, and each is printed.
for attempt in 1 2 3; do
  fresh env PATH="$out/bare" "$gauntlet" run --out "$out/run"
  echo "attempt $attempt: exit code $code, took $took ms"
  if [ "$code" -eq 0 ] && [ "$took" -lt 60000 ]; then break; fi
  [ "$attempt" -eq 3 ] || again "first run, bare: exit code $code, $took ms"
done
[ "$code" -eq 0 ] || { echo "expected exit code 0"; exit 1; }
[ "$took" -lt 60000 ] || { echo "expected under 60 s"; exit 1; }
for file in run.json junit.xml journal.jsonl; do
  [ -s "$out/run/$file" ] || { echo "$file is missing"; exit 1; }
done

# The same with every installed compiler, as in the README. What Go and clang leave in a new home
# folder, processes included, is no failure. It is repeated once, in another home folder, if the
# machine was too busy.
fresh cargo run -q -- run >"$out/said"
if [ "$code" -eq 3 ]; then
  again "first run, with compilers: exit code $code"
  fresh cargo run -q -- run >"$out/said"
fi
cat "$out/said"
grep -q "seen with Chrome" "$out/said" || { echo "no browser looked"; exit 1; }
echo "with compilers and Chromium: exit code $code, took $took ms"
[ "$code" -eq 0 ] || { echo "expected exit code 0"; exit 1; }
left=$(find "$out/tmp" -mindepth 1 -maxdepth 1)
[ -z "$left" ] || { echo "left behind:"; echo "$left"; exit 1; }

# Two more commands of the README, with a user's folder of scenarios.
mkdir "$out/my-scenarios"
cp scenarios/catalogue/host/trap-is-data.yaml "$out/my-scenarios/mine.yaml"
"$gauntlet" run --only host/deadline --runtime wasmi
(cd "$out" && "$gauntlet" run --scenarios my-scenarios/ --runtime wasmtime)

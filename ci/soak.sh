#!/usr/bin/env bash
# What takes too long for every change: 10,000 drawn modules on every runtime (or as many as the
# first argument says), then the mix of 10,000 calls (or as many as the second says). The third
# argument is the module to begin with, a multiple of 75: a soak that was interrupted goes on there.
# Modules come in slices of 1,500, a minute each on a quiet machine of two cores; a slice that is
# red does not end the soak. A module on which runtimes differ is made small and written to
# target/tmp/differential.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=${1:-10000} calls=${2:-10000} first=${3:-0} slice=1500 red=0
end=$((first + modules))
while ((first < end)); do
  count=$((end - first < slice ? end - first : slice))
  GAUNTLET_DRAWN_FIRST=$first GAUNTLET_DRAWN_MODULES=$count cargo test --release -q \
    -p wasm-gauntlet --test differential every_runtime_agrees_on_drawn_modules -- --nocapture ||
    { red=1; echo "red: modules $first to $((first + count))"; }
  first=$((first + count))
done
if ((calls > 0)); then
  GAUNTLET_MIX_CALLS=$calls cargo test --release -q -p wasm-gauntlet --test mix || red=1
fi
exit $red

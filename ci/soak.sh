#!/usr/bin/env bash
# Tests that take too long for every change. First 10,000 drawn modules on every runtime (or the
# number in the first argument), then the mix of 10,000 calls (or the number in the second). The
# third argument is the first module, a multiple of 75: it continues an interrupted soak. Modules
# come in slices of 1,500, a minute each on two quiet cores. A red slice does not end the soak. A
# module on which runtimes differ is shrunk and written to target/tmp/differential.
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

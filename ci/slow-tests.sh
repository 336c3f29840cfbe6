#!/usr/bin/env bash
# The tests that `cargo test` leaves out to end in five minutes. They have `test = false` in the
# Cargo.toml of the package, each with its reason. The test `left_out` checks that this list is
# complete. The script prints the seconds of each.
#
# `ci/slow-tests.sh clippy` lints them, because `--all-targets` leaves them out too.
set -euo pipefail
cd "$(dirname "$0")/.."

# The first three lists run in parallel: each leaves more than half of the machine unused. This one
# mostly waits for time limits of hosts.
reproducing=(
  --test reproduce
)
# These mostly wait for silent servers.
waiting=(
  --test site_hostile
  --test presets
  --test deploy_skew
)
# These compute, and start servers and compilers.
working=(
  --test deployments
  --test differential
  --test go_pairs
  --test heavy
  --test wazero
)
# These measure the machine, so nothing else runs at the same time.
measuring=(
  --test compile_cost
  --test interruption
  --test mix
)

every=("${reproducing[@]}" "${waiting[@]}" "${working[@]}" "${measuring[@]}")
case ${1:-test} in
  test) ;;
  clippy) exec cargo clippy --workspace -q "${every[@]}" -- -D warnings ;;
  *) echo "usage: ci/slow-tests.sh [clippy]" >&2; exit 2 ;;
esac

cargo test --workspace -q --no-run "${every[@]}"
red=0
# Run the tests of these lists one after another, and print everything that is red.
all() {
  local began code=0
  while [ $# -gt 0 ]; do
    began=$SECONDS
    cargo test --workspace -q --no-fail-fast "$1" "$2" || code=1
    echo "$2: $((SECONDS - began)) s"
    shift 2
  done
  return "$code"
}
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
all "${reproducing[@]}" >"$output/reproducing" 2>&1 &
reproducing_pid=$!
all "${waiting[@]}" >"$output/waiting" 2>&1 &
waiting_pid=$!
all "${working[@]}" || red=1
wait "$waiting_pid" || red=1
cat "$output/waiting"
wait "$reproducing_pid" || red=1
cat "$output/reproducing"
all "${measuring[@]}" || red=1
exit "$red"

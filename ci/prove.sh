#!/usr/bin/env bash
# Every scenario on the healthy testbed and on every fault: all right, or exit 1. On faults that a
# host scenario does not name, only a tenth of its cases runs, different ones on each fault. A
# browser looks at the faults that its scenarios must find, and at a tenth of the others. That saves
# half of the time. `ci/prove.sh whole` runs all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/again.sh

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sample=(--sample 10)
[ "${1:-}" != whole ] || sample=()
# A second attempt is for a busy machine: the p99 of a neighbour is measured on two shared cores.
# The script prints whether it was needed.
cargo run -q -- prove "${sample[@]}" --out "$out/prove" || {
  again "gauntlet prove: the first attempt was not all right"
  cargo run -q -- prove "${sample[@]}" --out "$out/prove"
}
# In a sample a browser looks at a part of the faults, and the committed matrix is of a sample. So
# the places that nobody visited do not count: those of its rows.
without_unvisited() {
  sed -E '/^\| `browser\//s/ [0-9]+ \|$/ - |/; /^browser\//s/[ .]//g' "$1"
}
diff <(without_unvisited reports/detection.md) <(without_unvisited "$out/prove/detection.md")

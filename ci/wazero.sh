#!/usr/bin/env bash
# The catalogue on wazero, both engines, with mitigations and without: no failure that the ledger
# does not know, and no line of the ledger that is not true any more. It measures time, so it is a
# run and no test; once more where the machine was too busy to tell.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/again.sh

cargo build -q
tried() {
  code=0
  target/debug/gauntlet run --runtime wazero --runtime wazero-interpreter \
    --runtime wazero-mitigated --runtime wazero-interpreter-mitigated || code=$?
}
tried
if [ "$code" -eq 3 ]; then
  again "the catalogue on wazero: exit code $code"
  tried
fi
exit "$code"

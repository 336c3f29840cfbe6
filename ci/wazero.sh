#!/usr/bin/env bash
# The catalogue on wazero, both engines, with and without mitigations. There is no failure that the
# ledger does not list, and no outdated line in the ledger. It measures time, so it is a run and no
# test. It is repeated once if the machine was too busy.
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

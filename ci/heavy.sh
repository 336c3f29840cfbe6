#!/bin/sh
# The heavy tier, for a nightly run: guests that can exhaust a machine, on every available runtime.
# They run one at a time, each in a worker with at most 2 GiB and a minute of processor time. The
# tool refuses (exit 3) if those limits do not hold or memory is short.
#
#   ci/heavy.sh [RUNTIME...]        wasmtime and wasmi where none is named
#
# Then it compares what contained each guest with reports/heavy.md.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- wasmtime wasmi
gauntlet=${GAUNTLET:-}
if [ -z "$gauntlet" ]; then
    cargo build --release -p wasm-gauntlet
    gauntlet=target/release/gauntlet
fi
runtimes=$(printf -- '--runtime %s ' "$@")
# Words of a command line, split on purpose.
# shellcheck disable=SC2086
"$gauntlet" run --tier heavy $runtimes \
    --only host/compile-bomb --only host/malformed --only host/memory-cap --only host/capabilities \
    --out "${OUT:-target/heavy}"
GAUNTLET_HEAVY=1 cargo test --release -p wasm-gauntlet --test heavy

#!/usr/bin/env bash
# A stock runtime from a package registry runs under the limits of an adapter. wasmtime-py from PyPI
# keeps every rule of the protocol. The run is READY with the gaps in its ledger.
set -euo pipefail
cd "$(dirname "$0")/.."

gauntlet=${GAUNTLET:-target/debug/gauntlet}
venv=target/venv
adapter=harness/adapters/wasmtime-py
out=target/adapters

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$adapter/requirements.txt"

"$gauntlet" doctor --adapter "$venv/bin/python" "$adapter/adapter.py"

mkdir -p "$out"
cat >"$out/target.yaml" <<YAML
adapters:
  - name: wasmtime-py
    program: $venv/bin/python
    args: [$adapter/adapter.py]
    ledger: $adapter/ledger.yaml
YAML
"$gauntlet" run --target "$out/target.yaml" "$@" --out "$out/run"

#!/usr/bin/env bash
# The presets against the real platforms. It installs workerd, Viceroy and `wasmtime serve`, deploys
# hostile guests on each, and runs the catalogue over HTTP. CI does not run it on a change: two of
# the three are built from source, in 9 and 8 minutes on one core.
#
#     ci/presets.sh [workerd|viceroy|wasi-http]…
#
# It prints the verdicts of each incident. A failure is the platform's behaviour and does not fail
# the script. An inconclusive outcome does, and so does a run without a pass.
set -euo pipefail
cd "$(dirname "$0")/.."

here=$PWD/ci/presets
work=${GAUNTLET_PRESETS:-${CARGO_TARGET_DIR:-$PWD/target}/presets}
profile=${GAUNTLET_PRESETS_PROFILE:---profile=release}
mkdir -p "$work"
export PATH=$work/tools/bin:$PATH
[ $# -gt 0 ] || set -- workerd viceroy wasi-http

servers=()
stop() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
  for server in "${servers[@]}"; do wait "$server" 2>/dev/null || true; done
  servers=()
}
trap stop EXIT

npm_has() { [ -d "$work/npm/node_modules/$1" ]; }
npm_get() { npm_has "$1" || npm install --prefix "$work/npm" --no-audit --no-fund --loglevel=error "$1@$2"; }
crate_get() { # crate, version, program, features…
  command -v "$3" >/dev/null && return
  CARGO_TARGET_DIR=$work/build nice -n 19 cargo install "$1" --version "$2" --locked -q \
    --root "$work/tools" "$profile" "${@:4}"
}

gauntlet=${GAUNTLET:-}
if [ -z "$gauntlet" ]; then
  cargo build -q -p wasm-gauntlet
  gauntlet=${CARGO_TARGET_DIR:-target}/debug/gauntlet
fi
"$gauntlet" guests export "$work/guests"

# The target file for a platform: its preset, its limits, and its guests.
target() { # preset, url, pages of memory
  printf 'host:\n  url: %s\n  preset: %s\n  memory-pages: %s\n' "$2" "$1" "$3"
  printf '  deadline-ms: 1000\n  grace-ms: 300\n  guests:\n'
  cat "$work/$1/guests.yaml"
}

verdicts() { # preset, url, pages of memory
  target "$@" >"$work/$1/target.yaml"
  local code=0
  "$gauntlet" run --target "$work/$1/target.yaml" --only host/ --out "$work/$1/out" \
    >"$work/$1/run.txt" 2>&1 || code=$?
  node "$here/table.mjs" "$1" "$work/$1/out/run.json"
  [ "$code" -le 1 ] || { tail -n 20 "$work/$1/run.txt"; return "$code"; }
}

workerd() {
  npm_get workerd 1.20261117.1
  node "$here/workerd/prepare.mjs" "$work/guests" "$work/workerd" 127.0.0.1:7791
  "$here/supervise.sh" http://127.0.0.1:7791/healthz \
    "$work/npm/node_modules/.bin/workerd" serve "$work/workerd/config.capnp" \
    2>"$work/workerd/server.log" &
  servers+=($!)
  sleep 3
  verdicts workerd http://127.0.0.1:7791 256
}

# Start a server for each guest, from port $2 upwards. `command` prints how to start one.
each() { # preset, first port, command, pages of memory
  local port=$2 line id
  while read -r line; do
    id=${line%%:*}
    "$3" "127.0.0.1:$port" "$work/$1/$id.wasm" >"$work/$1/$id.log" 2>&1 &
    servers+=($!)
    port=$((port + 1))
  done <"$work/$1/guests.yaml"
  for _ in $(seq 120); do
    curl -s -o /dev/null -m 2 -d x "http://127.0.0.1:$((port - 1))/" && break
    sleep 0.5
  done
  sleep 3
  verdicts "$1" "http://127.0.0.1:$2" "$4"
}

viceroy_one() { exec viceroy --addr "$1" "$2"; }
viceroy_all() {
  crate_get viceroy 0.22.0 viceroy
  npm_get binaryen 132.0.0
  node "$here/wrap.mjs" viceroy "$work/guests" "$work/viceroy" "$work/npm" 7801
  # Viceroy limits programs to 128 MiB.
  each viceroy 7801 viceroy_one 2048
}

serve_one() {
  exec wasmtime serve --addr "$1" -W timeout=1s -W max-memory-size=16777216 \
    -W max-table-elements=10000 "$2"
}
wasi_http() {
  crate_get wasmtime-cli 48.0.8 wasmtime --no-default-features \
    --features run,serve,cranelift,pooling-allocator,component-model-async
  crate_get wasm-tools 1.263.0 wasm-tools --no-default-features --features component
  npm_get binaryen 132.0.0
  local wit
  wit=$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wasmtime-wasi-http-48.0.8/wit)
  node "$here/wrap.mjs" wasi-http "$work/guests" "$work/wasi-http" "$work/npm" 7901 "$wit"
  each wasi-http 7901 serve_one 256
}

for preset in "$@"; do
  echo "== $preset"
  case $preset in
    workerd) workerd ;;
    viceroy) viceroy_all ;;
    wasi-http) wasi_http ;;
    *) echo "no preset is called $preset" >&2; exit 2 ;;
  esac
  stop
done

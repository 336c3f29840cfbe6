#!/usr/bin/env bash
# Compares us with other tools on the same local nginx, as ratios. Not part of .ci/run: installing a
# browser and a second toolchain takes longer than all of CI.
#
#   1. one full delivery check against a Lighthouse audit of the same page: 100 times faster;
#   2. 200 plain checks against `hurl` doing 200 requests from one file: no slower.
#
# The tools take turns, so that a busy machine slows both. Exit code 1 if a target is missed or a
# command fails, 3 if there is no tool to compare with.
#
# GAUNTLET names another program than the release build of this tree. RUNS is the number of timed
# runs of each tool (the median counts), and AUDITS that of Lighthouse. The other tools come from
# PATH. Otherwise they are installed under the target folder: Lighthouse from npm (22 s), and hurl
# 8.0.1 from crates.io, the last release for our Rust (4 min). Chromium, and libcurl, libxml2 and
# libclang for hurl, are Debian's:
#   apt-get install --no-install-recommends chromium \
#     libxml2-dev libcurl4-openssl-dev libssl-dev libclang-dev pkg-config
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${RUNS:-11}
audits=${AUDITS:-3}
work=$(mktemp -d)
chmod 755 "$work"
stop() {
  [ -f "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

if [ -z "${GAUNTLET:-}" ]; then
  cargo build --release -q -p wasm-gauntlet
  GAUNTLET=${CARGO_TARGET_DIR:-target}/release/gauntlet
fi

# A correct site: a real pair of Go, hashed names, both variants.
site=$work/site
mkdir "$site"
printf 'package main\n\nfunc main() { println("hello") }\n' > "$work/main.go"
GOOS=js GOARCH=wasm GO111MODULE=off go build -trimpath -ldflags='-s -w' -o "$work/main.wasm" "$work/main.go"
shim=$(go env GOROOT)/lib/wasm/wasm_exec.js
[ -f "$shim" ] || shim=$(go env GOROOT)/misc/wasm/wasm_exec.js
module=main.$(sha256sum "$work/main.wasm" | cut -c1-16).wasm
script=wasm_exec.$(sha256sum "$shim" | cut -c1-16).js
cp "$work/main.wasm" "$site/$module"
cp "$shim" "$site/$script"
cat > "$site/index.html" <<HTML
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>pair</title>
<script src="$script"></script>
<script>
const go = new Go();
WebAssembly.instantiateStreaming(fetch("$module"), go.importObject)
  .then((result) => go.run(result.instance));
</script></head><body>pair</body></html>
HTML
for file in "$site"/*; do
  gzip -9 -k "$file"
  node -e 'const z = require("zlib"), f = require("fs"), n = process.argv[1];
    f.writeFileSync(n + ".br", z.brotliCompressSync(f.readFileSync(n)))' "$file"
  chmod 644 "$file" "$file.gz" "$file.br"
done

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
ln -s /usr/share/nginx/modules "$work/modules"
cat > "$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/error.log;
include /etc/nginx/modules-enabled/*.conf;
events { worker_connections 256; }
http {
  access_log off;
  include /etc/nginx/mime.types;
  gzip_static on; brotli_static on; gzip_vary on;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c;
  uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server {
    listen 127.0.0.1:$port;
    root $site;
    location / { add_header Cache-Control "no-cache"; }
    location ~ "\.[0-9a-f]{16}\.(wasm|js)$" {
      add_header Cache-Control "public, max-age=31536000, immutable";
    }
  }
}
CONF
/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" -e "$work/start.log"
url=http://127.0.0.1:$port/
curl -sS --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null "$url"

# Append wall and CPU time of a command in milliseconds to the file `$1`, as one line.
timed() {
  local to=$1
  shift
  TIMEFORMAT='%R %U %S'
  { time "$@" >/dev/null 2>"$work/said" || echo "exit $?: $*" >>"$work/failed"; } 2>&1 |
    tail -n 1 | awk '{ printf "%.1f %.1f\n", $1 * 1000, ($2 + $3) * 1000 }' >>"$to"
}
# The median of a column of such a file.
median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# Print the medians of both tools. Their wall time must be at least $4 times ours, and with $5 their
# CPU time too.
told() {
  awk -v what="$1" -v a="$(median "$2" 1)" -v b="$(median "$2" 2)" -v c="$(median "$3" 1)" \
    -v d="$(median "$3" 2)" -v least="$4" -v cpu="${5:-}" 'BEGIN {
      wall = c / a; work = b > 0 ? d / b : 0
      printf "%s: ours %.0f ms wall, %.0f ms CPU; theirs %.0f ms wall, %.0f ms CPU\n", what, a, b, c, d
      met = wall >= least && (cpu == "" || work >= least)
      printf "  theirs is %.2f times ours in wall time, %.2f in CPU time (target %s%s): %s\n", wall,
        work, least, cpu == "" ? " in wall time" : " in both", met ? "met" : "MISSED"
      exit !met }' || missed=1
}
missed=
absent=

tools=${CARGO_TARGET_DIR:-target}/compare
mkdir -p "$tools"

full() { "$GAUNTLET" run --site "$url" --only delivery/; }
chromium=$(command -v chromium || command -v chromium-browser || true)
lighthouse=$tools/node_modules/.bin/lighthouse
[ -x "$lighthouse" ] || npm install --prefix "$tools" --no-audit --no-fund --loglevel=error lighthouse ||
  echo "Lighthouse does not install here"
full >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
if [ -x "$lighthouse" ] && [ -n "$chromium" ]; then
  # The last flags stop Chromium's background requests, which would wait in a closed network.
  flags="--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
  flags="$flags --disable-background-networking --disable-component-update --disable-sync"
  audit() {
    CHROME_PATH=$chromium "$lighthouse" "$url" --quiet --output=json \
      --output-path="$work/lh.json" --chrome-flags="$flags"
  }
  for _ in $(seq "$audits"); do
    timed "$work/audit" audit
    for _ in $(seq 3); do timed "$work/full" full; done
  done
  # An audit of an error page does not count.
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
    if (r.runtimeError) { console.log(r.runtimeError); process.exit(1) }' "$work/lh.json" ||
    echo "the audit saw no page" >>"$work/failed"
  told "full delivery check, and a Lighthouse audit" "$work/full" "$work/audit" 100
else
  echo "Lighthouse was not timed: it takes its package and Chromium (apt-get install chromium)"
  absent=1
fi

# 200 requests, each with a check of its status.
mkdir "$work/plain"
{
  printf 'incident: plain/status\nclaim: The page answers\nseverity: minor\nfaults: [html-fallback]\n'
  printf 'playbook: { symptom: none, first-check: none, cause: none, fix: { any: none }, see: [none] }\n'
  printf 'needs: [site/entry]\neach: [entry]\nmatrix: { n: ['
  seq -s, 1 200 | tr -d '\n'
  printf '] }\nsteps:\n  - get: { accept-encoding: "gzip;q=1, x-{n}" }\n    as: got\n'
  printf 'expect:\n  - got.status: 200\n'
} > "$work/plain/status.yaml"
for n in $(seq 200); do
  printf 'GET %s\nAccept-Encoding: gzip;q=1, x-%s\nHTTP 200\n\n' "$url" "$n"
done > "$work/plain.hurl"
plain() { "$GAUNTLET" run --site "$url" --scenarios "$work/plain"; }
hurl=$(command -v hurl || echo "$tools/bin/hurl")
[ -x "$hurl" ] || cargo install -q hurl --version 8.0.1 --locked --root "$tools" || echo "hurl does not install here"
plain >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
if [ -x "$hurl" ]; then
  requests() { "$hurl" --test "$work/plain.hurl"; }
  for _ in $(seq "$runs"); do
    timed "$work/hurl" requests
    timed "$work/ours" plain
  done
  told "200 plain checks, and hurl" "$work/ours" "$work/hurl" 1 cpu
else
  echo "hurl was not timed: it takes libcurl, libxml2 and libclang to build (cargo install hurl)"
  absent=1
fi
if [ -f "$work/failed" ]; then
  echo "some commands did not end well:"
  sort "$work/failed" | uniq -c
  missed=1
fi
[ -z "$missed" ] || exit 1
[ -z "$absent" ] || exit 3

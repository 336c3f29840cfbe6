#!/usr/bin/env bash
# The same local nginx checked by us and by others, as ratios. Not a part of .ci/run: a browser
# and a second toolchain's worth of packages take longer to install than all of CI.
#
#   1. one full delivery check against a Lighthouse audit of the same page;
#   2. 200 plain checks against `hurl` doing 200 requests from one file.
#
# GAUNTLET names another program than the release build of this tree; RUNS, how often each is
# timed (the median counts).
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${RUNS:-5}
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

# A right site: a real pair of Go, hashed names, both variants.
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

# Median wall and CPU time of a command, milliseconds.
median() {
  for _ in $(seq "$runs"); do
    TIMEFORMAT='%R %U %S'
    { time "$@" >/dev/null 2>"$work/said" || echo "exit $?: $*" >>"$work/failed"; } 2>&1 |
      tail -n 1 | awk '{ printf "%d %d\n", $1 * 1000, ($2 + $3) * 1000 }'
  done | sort -n | sed -n "$(((runs + 1) / 2))p"
}
told() { awk -v what="$1" -v a="$2" -v b="$3" 'BEGIN {
  split(a, ours); split(b, theirs)
  printf "%s: ours %d ms wall, %d ms CPU; theirs %d ms wall, %d ms CPU; %.1f times faster\n",
    what, ours[1], ours[2], theirs[1], theirs[2], theirs[1] / (ours[1] > 0 ? ours[1] : 1) }'; }

tools=${CARGO_TARGET_DIR:-target}/compare
mkdir -p "$tools"

full() { "$GAUNTLET" run --site "$url" --only delivery/; }
ours=$(median full)
echo "full delivery check: ${ours% *} ms wall, ${ours#* } ms CPU"
chromium=$(command -v chromium || command -v chromium-browser || true)
lighthouse=$tools/node_modules/.bin/lighthouse
[ -x "$lighthouse" ] || npm install --prefix "$tools" --no-audit --no-fund --loglevel=error lighthouse ||
  echo "Lighthouse does not install here"
if [ -x "$lighthouse" ] && [ -n "$chromium" ]; then
  audit() {
    CHROME_PATH=$chromium "$lighthouse" "$url" --quiet --output=json --output-path="$work/lh.json" \
      --chrome-flags="--headless --no-sandbox --disable-gpu"
  }
  told "full check against a Lighthouse audit" "$ours" "$(runs=1 median audit)"
else
  echo "Lighthouse was not timed: it takes its package and Chromium (apt-get install chromium)"
fi

# 200 requests, each with its status asserted.
mkdir "$work/plain"
{
  printf 'incident: plain/status\nclaim: The page answers\nseverity: minor\ntwins: [html-fallback]\n'
  printf 'playbook: { symptom: none, first-check: none, cause: none, fix: { any: none }, see: [none] }\n'
  printf 'needs: [site/entry]\neach: [entry]\nmatrix: { n: ['
  seq -s, 1 200 | tr -d '\n'
  printf '] }\nsteps:\n  - get: { accept-encoding: "gzip;q=1, x-{n}" }\n    as: got\n'
  printf 'expect:\n  - got.status: 200\n'
} > "$work/plain/status.yaml"
for _ in $(seq 200); do printf 'GET %s\nHTTP 200\n\n' "$url"; done > "$work/plain.hurl"
plain() { "$GAUNTLET" run --site "$url" --scenarios "$work/plain"; }
ours=$(median plain)
echo "200 plain checks: ${ours% *} ms wall, ${ours#* } ms CPU"
hurl=$(command -v hurl || echo "$tools/bin/hurl")
[ -x "$hurl" ] || cargo install -q hurl --root "$tools" || echo "hurl does not install here"
if [ -x "$hurl" ]; then
  requests() { "$hurl" --test "$work/plain.hurl"; }
  told "200 plain checks against hurl" "$ours" "$(median requests)"
else
  echo "hurl was not timed: it takes libcurl, libxml2 and clang to build (cargo install hurl)"
fi
if [ -f "$work/failed" ]; then
  echo "some commands did not end well:"
  sort "$work/failed" | uniq -c
fi

#!/usr/bin/env bash
# Installs, on Debian, what the tests against real servers need. It requires only a Rust toolchain
# and Go. It is safe to run again, and then quick.
set -euo pipefail
cd "$(dirname "$0")/.."

need=()
command -v nginx >/dev/null || need+=(nginx-light)
[ -e /usr/share/nginx/modules-available/mod-http-brotli-static.conf ] ||
  need+=(libnginx-mod-http-brotli-static libnginx-mod-http-brotli-filter)
# Only the programs, without Debian's set-up of a service.
[ -x /usr/sbin/apache2 ] || need+=(apache2-bin)
[ -e /etc/mime.types ] || need+=(media-types)
[ -x /usr/bin/caddy ] || need+=(caddy)
[ -x /usr/sbin/lighttpd ] || need+=(lighttpd)
[ -e /usr/lib/lighttpd/mod_deflate.so ] || need+=(lighttpd-mod-deflate)
[ -x /usr/sbin/varnishd ] || need+=(varnish)
command -v curl >/dev/null || need+=(curl)
# Builds the adapter for wazero. A Go older than 1.25 downloads a newer one as a module, if
# GOTOOLCHAIN allows it.
command -v go >/dev/null || need+=(golang-go ca-certificates)
# Compilers of guests. Any rustc on the path works if it has the standard library for
# wasm32-unknown-unknown. Debian packages that library separately.
command -v clang >/dev/null || need+=(clang)
command -v wasm-ld >/dev/null || need+=(lld)
[ -d /usr/lib/rustlib/wasm32-unknown-unknown ] ||
  [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ] ||
  need+=(rustc libstd-rust-dev-wasm32)
command -v python3 >/dev/null || need+=(python3)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
command -v brotli >/dev/null || need+=(brotli)
command -v chromium >/dev/null || need+=(chromium)
if [ "${#need[@]}" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${need[@]}"
fi
# Debian starts servers at installation. The tests start their own.
if command -v service >/dev/null; then
  for name in nginx caddy lighttpd varnish; do service "$name" stop >/dev/null 2>&1 || true; done
fi

# Express with compression, an object store, and workerd: 163 packages of npm, 180 MB, 12 s.
packages=harness/gauntlet/tests/deployments/programs/package.json
npm=${CARGO_TARGET_DIR:-target}/npm
if ! cmp -s "$packages" "$npm/installed.json"; then
  mkdir -p "$npm"
  cp "$packages" "$npm/package.json"
  npm install --prefix "$npm" --no-audit --no-fund --no-package-lock --loglevel=error
  cp "$packages" "$npm/installed.json"
fi

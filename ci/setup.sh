#!/usr/bin/env bash
# Installs what the tests against real servers need, on Debian. Nothing else is assumed but a
# Rust toolchain. Safe to run again.
set -euo pipefail

need=()
command -v nginx >/dev/null || need+=(nginx-light)
[ -e /usr/share/nginx/modules-available/mod-http-brotli-static.conf ] ||
  need+=(libnginx-mod-http-brotli-static libnginx-mod-http-brotli-filter)
command -v curl >/dev/null || need+=(curl)
# The adapter for wazero is built with it; a Go that is older than 1.25 fetches a newer one as a
# module of its own, where GOTOOLCHAIN lets it.
command -v go >/dev/null || need+=(golang-go ca-certificates)
command -v node >/dev/null || need+=(nodejs)
if [ "${#need[@]}" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${need[@]}"
fi
# Debian starts nginx when it is installed; the tests start their own.
if command -v service >/dev/null; then service nginx stop >/dev/null 2>&1 || true; fi

#!/usr/bin/env bash
# The packages that a user of `HostTest` compiles: few, and none that only the program needs.
#
# `ci/library.sh count` skips the build, which takes three minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$(cargo tree -p wasm-gauntlet --no-default-features -e normal --prefix none |
  sed 's/ (\*)$//' | sort -u)
count=$(wc -l <<<"$packages")
echo "$count packages"
[ "$count" -le 300 ] || { echo "more than 300 packages"; exit 1; }
# An HTTP client, an HTML parser, TLS, certificates, progress on a terminal.
unwanted='^(reqwest|hyper|hyper-util|rustls|tokio-rustls|ring|rcgen|scraper|html5ever|clap_complete|clap_mangen|indicatif|wasm-gauntlet-web) '
if grep -E "$unwanted" <<<"$packages"; then echo "the library needs none of these"; exit 1; fi
[ "${1:-}" != count ] || exit 0
# The example host is built alone, so that no other package adds features.
cargo check -q -p example-host --all-targets

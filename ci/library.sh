#!/usr/bin/env bash
# What a user of `HostTest` compiles: few packages, and none of those that only the program needs.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$(cargo tree -p wasm-gauntlet --no-default-features -e normal --prefix none |
  sed 's/ (\*)$//' | sort -u)
count=$(wc -l <<<"$packages")
echo "$count packages"
[ "$count" -le 300 ] || { echo "more than 300 packages"; exit 1; }
# An HTTP client, an HTML parser, TLS, certificates, progress on a terminal.
unwanted='^(reqwest|hyper|hyper-util|rustls|tokio-rustls|ring|rcgen|scraper|html5ever|clap_complete|clap_mangen|indicatif|wasm-gauntlet-web) '
! grep -E "$unwanted" <<<"$packages"
# The example host is built with it, alone, so that no other package asks for more features.
cargo check -q -p example-host --all-targets

#!/usr/bin/env bash
# `cargo test` on the machine of a newcomer: Rust, a C compiler to link with, Debian's essential
# packages, and an empty home folder. There is no Go, clang, Node, server or Python. Tests that need
# one of these say so and are left out; nothing is red. Only what is out of date is built.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home"
essential=$(dpkg-query -W -f '${Package} ${Essential}\n' | awk '$2 == "yes" { print $1 }')
# shellcheck disable=SC2086 # One package a word.
for file in $(dpkg -L $essential | grep -E '^/(usr/)?s?bin/[^/]+$') \
  $(command -v sh awk cargo rustc rustdoc cc gcc ld as ar); do
  [ -x "$file" ] && ln -sf "$file" "$work/bin/$(basename "$file")"
done
for tool in go clang wasm-ld node npm nginx curl python3; do
  [ ! -e "$work/bin/$tool" ] || { echo "$tool is on the path of a bare machine"; exit 1; }
done

export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
unset GAUNTLET_REQUIRE_ALL XDG_CACHE_HOME XDG_CONFIG_HOME
HOME=$work/home PATH=$work/bin cargo test --workspace -q --no-fail-fast

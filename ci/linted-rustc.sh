#!/usr/bin/env bash
# The compiler of our own crates in .ci/run (RUSTC_WORKSPACE_WRAPPER): clippy looks at the crate,
# then rustc compiles it. `cargo clippy` would first check 500 crates that are not ours, which
# takes 100 s: it cannot use what a build has made.
set -euo pipefail

rustc=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lint=()
last=
for argument; do
  case $argument in
    # A question of cargo: nothing is compiled.
    --print | --print=* | -vV)
      "$rustc" "$@"
      exit
      ;;
    # Metadata alone, so that nothing is compiled, and not where cargo looks for it.
    --emit=*) lint+=(--emit=metadata) && continue ;;
    --json=*) lint+=("${argument/,artifacts/}") && continue ;;
  esac
  [ "$last" != --out-dir ] || argument=$scratch
  lint+=("$argument")
  last=$argument
done
clippy-driver "$rustc" "${lint[@]}" -D warnings
"$rustc" "$@"

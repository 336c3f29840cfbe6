#!/usr/bin/env bash
# The compiler of our own crates in .ci/run (RUSTC_WORKSPACE_WRAPPER): clippy looks at the crate,
# then rustc compiles it. `cargo clippy` would check 500 crates that are not ours for it, which
# takes 100 s: it cannot use what a build has made.
set -euo pipefail

rustc=$1
shift
scratch=
lint=()
for argument; do
  case $argument in
    --print | --print=* | -vV) exec "$rustc" "$@" ;;
    # Metadata alone, so that nothing is compiled, and not where cargo looks for it.
    --emit=*) lint+=(--emit=metadata) && continue ;;
    --json=*) lint+=("${argument/,artifacts/}") && continue ;;
  esac
  if [ "${last:-}" = --out-dir ]; then
    scratch=$(mktemp -d)
    argument=$scratch
  fi
  lint+=("$argument")
  last=$argument
done
if [ -n "$scratch" ]; then
  trap 'rm -rf "$scratch"' EXIT
  clippy-driver "$rustc" "${lint[@]}" -D warnings
fi
"$rustc" "$@"

#!/usr/bin/env bash
# The tool built from its packages equals the tool of the repository, also in an empty folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/again.sh

# Lints are for our sources, and these are copies.
unset RUSTC_WORKSPACE_WRAPPER
root=$PWD
cargo build -q
cargo package --workspace --allow-dirty --no-verify -q
work=$(mktemp -d)
built=target/debug/gauntlet
cp "$built" "$work/original"
# The packages use the same target folder, so that dependencies are not built again.
trap 'cp "$work/original" "$root/$built"; rm -rf "$work"' EXIT
for crate in target/package/*.crate; do
  tar -xzf "$crate" -C "$work"
done
# A workspace with only the packages, and the same versions of everything else.
cp Cargo.lock "$work"
{
  printf '[workspace]\nresolver = "3"\nmembers = ["*-0.*"]\n\n[patch.crates-io]\n'
  for folder in "$work"/*-0.*/; do
    name=$(sed -n 's/^name = "\(.*\)"/\1/p' "$folder/Cargo.toml" | head -n 1)
    printf '%s = { path = "%s" }\n' "$name" "$(basename "$folder")"
  done
  # The profile of this workspace, so that built dependencies can be used again. Nothing here
  # measures our own code, so it is not optimised. That saves a minute.
  sed -n '/^\[profile\.dev\]/,$p' "$root/Cargo.toml" |
    sed '/^\[profile\.dev\.package\.[a-z]/,$s/^opt-level = .*/opt-level = 0/'
} >"$work/Cargo.toml"
(cd "$work" && cargo build -q -p wasm-gauntlet --bin gauntlet --target-dir "$root/target")
mkdir "$work/bin" "$work/empty"
cp "$built" "$work/bin/gauntlet"
cd "$work/empty"
"$work/bin/gauntlet" list | diff - <("$work/original" list)
# The site with its build, then every guest, on one runtime. The run reports missing data.
tried() {
  code=0
  PATH=$work/empty "$work/bin/gauntlet" run --out "$work/out" "$@" || code=$?
}
try() {
  tried "$@"
  # Repeated once if the machine was too busy.
  if [ "$code" -eq 3 ]; then
    again "the packaged tool, $*: exit code $code"
    tried "$@"
  fi
  [ "$code" -eq 0 ]
}
try --only delivery/ --only artefact/
try --runtime wasmi

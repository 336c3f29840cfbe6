#!/usr/bin/env bash
# The tool built from its packages, run in an empty folder, is the same tool.
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
# The packages are built where the tool was built, so that what it depends on is not built again.
trap 'cp "$work/original" "$root/$built"; rm -rf "$work"' EXIT
for crate in target/package/*.crate; do
  tar -xzf "$crate" -C "$work"
done
# A workspace of the packages alone, with our versions of everything else.
cp Cargo.lock "$work"
{
  printf '[workspace]\nresolver = "3"\nmembers = ["*-0.*"]\n\n[patch.crates-io]\n'
  for folder in "$work"/*-0.*/; do
    name=$(sed -n 's/^name = "\(.*\)"/\1/p' "$folder/Cargo.toml" | head -n 1)
    printf '%s = { path = "%s" }\n' "$name" "$(basename "$folder")"
  done
  # The profile of this workspace, so that what is built of other crates serves again. Our own are
  # not optimised, as nothing here measures them: a minute less.
  sed -n '/^\[profile\.dev\]/,$p' "$root/Cargo.toml" |
    sed '/^\[profile\.dev\.package\.[a-z]/,$s/^opt-level = .*/opt-level = 0/'
} >"$work/Cargo.toml"
(cd "$work" && cargo build -q -p wasm-gauntlet --bin gauntlet --target-dir "$root/target")
mkdir "$work/bin" "$work/empty"
cp "$built" "$work/bin/gauntlet"
cd "$work/empty"
"$work/bin/gauntlet" list | diff - <("$work/original" list)
# The site with its build, then every guest, on one runtime: what of the data is not there is told.
tried() {
  code=0
  PATH=$work/empty "$work/bin/gauntlet" run --out "$work/out" "$@" || code=$?
}
try() {
  tried "$@"
  # Once more where the machine was too busy to tell.
  if [ "$code" -eq 3 ]; then
    again "the packaged tool, $*: exit code $code"
    tried "$@"
  fi
  [ "$code" -eq 0 ]
}
try --only delivery/ --only artefact/
try --runtime wasmi

#!/usr/bin/env bash
# Prints the digests of the shims (wasm_exec.js) in releases of Go, as rows for
# harness/web/src/anatomy/shim_releases.tsv. Go downloads each toolchain as a module.
#
#     ci/shim_releases.sh go1.24.0 go1.27.3
#
# Toolchains before 1.24 do not contain the folder of the shim (misc/): their row is kept by hand.
# Go checks the mirror's answer against its checksum database.
set -euo pipefail

if [ $# -eq 0 ]; then
    set -- go1.24.0 go1.24.13 go1.25.0 go1.25.8 go1.26.0 go1.27.0 go1.27.3
fi
for release in "$@"; do
    root=$(cd / && GOTOOLCHAIN=$release go env GOROOT)
    for place in lib/wasm misc/wasm; do
        if [ -f "$root/$place/wasm_exec.js" ]; then
            printf '%s\t%s\n' "$(sha256sum < "$root/$place/wasm_exec.js" | cut -d' ' -f1)" "$release"
            continue 2
        fi
    done
    printf '%s: no wasm_exec.js in its toolchain\n' "$release" >&2
done | awk -F'\t' '
    !($1 in first) { first[$1] = $2; order[++count] = $1 }
    { last[$1] = $2; all[$1] = all[$1] " " substr($2, 3) }
    END {
        for (i = 1; i <= count; i++) {
            digest = order[i]
            split(first[digest], f, "."); split(last[digest], l, ".")
            printf "%s\t%s.%s\t%s.%s\tmodule mirror:%s\n", digest, f[1], f[2], l[1], l[2], all[digest]
        }
    }'

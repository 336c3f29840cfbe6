#!/usr/bin/env bash
# Core is also safe for the host under test. Every core guest runs over HTTP on our own plugin host.
# No process of the host may have more than 512 MiB of data (RLIMIT_DATA, which its children inherit
# and cannot raise). The host must lose no process. The script prints the largest memory peaks. With
# faults, as in `ci/core-is-safe.sh no-memory-cap`, the verdict does not count.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=${GAUNTLET:-target/debug/gauntlet}
limit=$((512 << 20))
out=$(mktemp -d)
host=
ended() {
  [ -z "$host" ] || kill "$host" 2>/dev/null || true
  rm -rf "$out"
}
trap ended EXIT

faults=()
for fault in "$@"; do faults+=(--fault "$fault"); done
prlimit --data=$limit:$limit "$tool" testbed --listen 127.0.0.1:0 "${faults[@]}" >"$out/told" &
host=$!
for _ in $(seq 200); do
  url=$(awk '$1 == "host" { print $2 }' "$out/told")
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || { echo "the plugin host did not start"; exit 1; }

# The peak memory of each process of the host, over all samples.
tree() {
  local child
  echo "$1"
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
}
watch() {
  while [ -d /proc/"$host" ]; do
    for one in $(tree "$host"); do
      awk -v pid="$one" '/^VmHWM/ { print pid, $2 }' /proc/"$one"/status 2>/dev/null || true
    done
    sleep 0.2
  done >>"$out/peaks"
}
watch &
watcher=$!

code=0
timeout 1200 "$tool" run --host "$url" --out "$out/run" >"$out/summary" 2>"$out/stderr" || code=$?
health=$(curl -sS --max-time 20 "$url/healthz")
kill "$host"
wait "$watcher" || true
wait "$host" || true
host=

head -3 "$out/stderr"
tail -2 "$out/summary"
sort -k1,1n -k2,2nr "$out/peaks" | awk '!seen[$1]++' | sort -k2,2nr | head -3 |
  awk '{ printf "process %s held at most %d MiB\n", $1, $2 / 1024 }'
echo "$health" | grep -o '"processes-lost":[0-9]*'
[ $# -eq 0 ] || exit 0
# An inconclusive verdict comes from a busy machine and does not count here.
[ $code -eq 0 ] || [ $code -eq 3 ] || { cat "$out/summary"; exit 1; }
echo "$health" | grep -q '"processes-lost":0' || { echo "the host lost processes"; exit 1; }

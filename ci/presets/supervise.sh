#!/usr/bin/env bash
# Keeps a server alive as a cluster does: `supervise.sh HEALTH-URL COMMAND…` starts the command and
# checks its health each half second. It restarts a server that does not answer within 3 s. A signal
# to end stops both.
set -u
health=$1
shift
server=
stop() { [ -n "$server" ] && kill -9 "$server" 2>/dev/null; exit 0; }
trap stop TERM INT
while :; do
  "$@" &
  server=$!
  sleep 1
  while kill -0 "$server" 2>/dev/null && curl -s -o /dev/null -m 3 "$health"; do
    sleep 0.5 &
    wait $!
  done
  kill -9 "$server" 2>/dev/null && echo "supervise: it did not answer, and was started anew" >&2
  wait "$server" 2>/dev/null
done

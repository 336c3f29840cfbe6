#!/usr/bin/env bash
# Keeps a server alive as a cluster does: `supervise.sh HEALTH-URL COMMAND…` starts the command,
# asks for its health each half second, and starts it anew when it does not answer within 3 s.
# Ends, and ends the server, when it is told to.
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

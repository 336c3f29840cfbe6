#!/usr/bin/env bash
# The container of ci/Containerfile is built, and tests what comes with it, as a user that is not
# root. It takes ten minutes. Where containers cannot be started, such as inside of another one,
# buildah builds and runs it in a changed root. Arguments are given to buildah.
set -euo pipefail
cd "$(dirname "$0")/.."

if podman run --rm --network none docker.io/library/debian:bookworm-slim true; then
  podman build -f ci/Containerfile -t gauntlet .
  podman run --rm gauntlet run
  user=$(podman run --rm --entrypoint id gauntlet -un)
else
  buildah build --isolation chroot -f ci/Containerfile -t gauntlet "$@" .
  container=$(buildah from --pull-never localhost/gauntlet)
  trap 'buildah rm "$container" >/dev/null' EXIT
  buildah run --isolation chroot "$container" -- gauntlet run
  user=$(buildah run --isolation chroot "$container" -- id -un)
fi
[ "$user" = gauntlet ] || { echo "it runs as $user"; exit 1; }

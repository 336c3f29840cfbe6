# Sourced by the scripts that try something once more where the machine was too busy to tell: every
# repeat is said, and counted by .ci/run, which shows all of them in its closing lines.

# Say that something is tried once more, and what came of it before.
again() {
  printf 'again: %s\n' "$*"
  [ -z "${GAUNTLET_CI_REPEATS:-}" ] || printf '%s\n' "$*" >>"$GAUNTLET_CI_REPEATS"
}

# For scripts that repeat a step when the machine was too busy. Each repeat is printed. .ci/run
# counts repeats and shows all of them in its last lines.

# Report a repeat and the result of the attempt before.
again() {
  printf 'again: %s\n' "$*"
  [ -z "${GAUNTLET_CI_REPEATS:-}" ] || printf '%s\n' "$*" >>"$GAUNTLET_CI_REPEATS"
}

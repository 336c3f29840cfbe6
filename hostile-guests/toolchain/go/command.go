// attack: the same program built without -buildmode=c-shared: a command, which has no `_initialize`
//   and whose exports work only while `main` runs
// contained-if: rejected(export) | trap(unreachable) | guest-error
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func main() {}

// attack: the same program built without -buildmode=c-shared: a command, which has no `_initialize`
//   and whose exports work only while `main` runs
// contained-if: rejected(export) | trap(unreachable) | guest-error
// seen-in: GUESTS.md section 2.Q
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func main() {}

// attack: the reactor of this folder with its `_initialize` renamed, so that no host finds it: the
//   first call meets a runtime that was never set up
// contained-if: trap(unreachable) | trap(memory-out-of-bounds) | guest-error
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

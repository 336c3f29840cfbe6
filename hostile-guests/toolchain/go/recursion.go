// attack: recurses without an end: on the engine's stack, or in the guest's own memory
// contained-if: trap(stack) | trap(unreachable) | memory-cap | guest-error | deadline
// seen-in: FACTS.md#go-runtime
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func deeper(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	return deeper(n+1) + n
}

func init() {
	behaviours["recursion"] = func([]byte) []byte {
		return make([]byte, deeper(1)&1)
	}
}

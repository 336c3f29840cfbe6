// attack: keeps every megabyte that it allocates, and spins once it has 200; the runtime gives up
//   when the memory stands at its cap, and not with an error about memory
// contained-if: memory-cap | trap(unreachable) | guest-error | deadline | fuel
// seen-in: FACTS.md#go-runtime
// tier: core
// counterpart: go-gc-churn

//go:build wasip1

package main

var hoard [][]byte

func init() {
	behaviours["oom"] = func([]byte) []byte {
		for len(hoard) < 200 {
			hoard = append(hoard, make([]byte, 1<<20))
		}
		// A host without a cap is not to hold more.
		for {
		}
	}
}

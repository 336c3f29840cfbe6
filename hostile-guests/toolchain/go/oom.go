// attack: keeps every megabyte that it allocates; the runtime gives up when the memory stands at
//   its cap, and not with an error about memory
// contained-if: memory-cap | trap(unreachable) | guest-error
// seen-in: GUESTS.md section 1.7
// tier: core
// near-twin: go-gc-churn

//go:build wasip1

package main

var hoard [][]byte

func init() {
	behaviours["oom"] = func([]byte) []byte {
		for {
			hoard = append(hoard, make([]byte, 1<<20))
		}
	}
}

// attack: spins in a loop that Go compiled, without a call
// contained-if: deadline
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

var turns uint64

func init() {
	behaviours["loop"] = func([]byte) []byte {
		for {
			turns++
		}
	}
}

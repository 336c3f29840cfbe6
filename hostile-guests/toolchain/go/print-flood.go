// attack: prints to standard error forever
// contained-if: deadline
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func init() {
	behaviours["print-flood"] = func([]byte) []byte {
		for {
			println("one line of a flood, sixty-four bytes with the end of line.....")
		}
	}
}

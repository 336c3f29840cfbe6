// attack: writes into a map that was never made
// contained-if: trap(unreachable) | guest-error
// seen-in: FACTS.md#go-runtime
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

var never map[string]int

func init() {
	behaviours["nilmap"] = func([]byte) []byte {
		never["x"] = 1
		return nil
	}
}

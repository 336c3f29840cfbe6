// attack: returns its input; an honest guest as Go builds it, with its runtime
// contained-if: ok
// returns: input
// seen-in: FACTS.md#go-runtime
// tier: core

//go:build wasip1

package main

func init() {
	behaviours["echo"] = func(input []byte) []byte { return input }
}

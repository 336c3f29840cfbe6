// attack: panics; the runtime prints a trace to standard error and ends the guest
// contained-if: trap(unreachable) | guest-error
// seen-in: FACTS.md#go-runtime
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func init() {
	behaviours["panic"] = func([]byte) []byte { panic("a plugin's own \x1b[31mbug\x07\r\n") }
}

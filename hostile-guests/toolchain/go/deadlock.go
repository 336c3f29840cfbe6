// attack: waits for a channel that nobody sends to; the runtime sees that all goroutines sleep
// contained-if: trap(unreachable) | guest-error
// seen-in: FACTS.md#go-runtime
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

func init() {
	behaviours["deadlock"] = func([]byte) []byte {
		<-make(chan bool)
		return nil
	}
}

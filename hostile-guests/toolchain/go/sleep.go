// attack: sleeps for a minute; time.Sleep becomes poll_oneoff, in the host
// contained-if: ok | deadline | denied
// returns: bytes
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import "time"

func init() {
	behaviours["sleep"] = func([]byte) []byte {
		time.Sleep(time.Minute)
		return nil
	}
}

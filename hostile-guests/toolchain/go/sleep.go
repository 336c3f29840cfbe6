// attack: sleeps for a minute; time.Sleep becomes poll_oneoff, in the host
// contained-if: ok | deadline | denied
// returns: bytes
// seen-in: GUESTS.md section 2.Q
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

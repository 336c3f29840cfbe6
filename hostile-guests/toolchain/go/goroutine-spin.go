// attack: a hundred goroutines that spin and yield to one another forever
// contained-if: deadline
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import "runtime"

func init() {
	behaviours["goroutine-spin"] = func([]byte) []byte {
		spin := func() {
			for {
				runtime.Gosched()
			}
		}
		for range 100 {
			go spin()
		}
		spin()
		return nil
	}
}

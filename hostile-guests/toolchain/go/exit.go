// attack: ends the program with status 3, as os.Exit does
// contained-if: guest-error
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import "syscall"

func init() {
	behaviours["exit"] = func([]byte) []byte {
		syscall.Exit(3)
		return nil
	}
}

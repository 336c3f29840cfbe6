// attack: hands out the environment that it was given
// contained-if: ok
// returns: empty; nothing was granted
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import (
	"strings"
	"syscall"
)

func init() {
	behaviours["env"] = func([]byte) []byte {
		return []byte(strings.Join(syscall.Environ(), "\n"))
	}
}

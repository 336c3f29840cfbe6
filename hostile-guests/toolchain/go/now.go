// attack: hands out the time of day
// contained-if: ok
// returns: 8 bytes; without the grant the same in every instance
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import (
	"encoding/binary"
	"time"
)

func init() {
	behaviours["now"] = func([]byte) []byte {
		return binary.LittleEndian.AppendUint64(nil, uint64(time.Now().UnixNano()))
	}
}

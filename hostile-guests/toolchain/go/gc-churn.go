// attack: throws 5 MiB away in pieces of 16 KiB, past the 4 MiB at which Go collects; an honest
//   guest
// contained-if: ok
// returns: bytes 40010000
// seen-in: FACTS.md#real-compilers
// tier: core

//go:build wasip1

package main

import "encoding/binary"

var lastPiece []byte

func init() {
	behaviours["gc-churn"] = func([]byte) []byte {
		pieces := uint32(0)
		for ; pieces < 320; pieces++ {
			lastPiece = make([]byte, 16<<10)
		}
		return binary.LittleEndian.AppendUint32(nil, pieces)
	}
}

// attack: hands out 8 bytes of the generator that the runtime seeds by random_get
// contained-if: ok
// returns: 8 bytes; without the grant the same in every instance
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build wasip1

package main

import (
	"encoding/binary"
	"math/rand/v2"
)

func init() {
	behaviours["rand"] = func([]byte) []byte {
		return binary.LittleEndian.AppendUint64(nil, rand.Uint64())
	}
}

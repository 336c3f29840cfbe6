// Guest ABI v1 for every guest of this folder. They are one module, because the runtime of Go is
// 2 MB of each: the first word of the input says which guest it is.

//go:build wasip1

package main

import (
	"bytes"
	"unsafe"
)

// behaviours holds what each file of this folder adds, by its own name.
var behaviours = map[string]func(input []byte) []byte{}

// kept is what the host was given: it writes and reads behind the collector's back.
var kept = map[uint32][]byte{}

//go:wasmexport alloc
func alloc(size int32) int32 {
	return int32(keep(make([]byte, max(size, 1))))
}

//go:wasmexport process
func process(ptr, size int32) int64 {
	input := kept[uint32(ptr)][:size]
	word, _, _ := bytes.Cut(input, []byte{' '})
	output := behaviours[string(word)](input)
	if len(output) == 0 {
		return 0
	}
	return int64(keep(output))<<32 | int64(len(output))
}

func keep(block []byte) uint32 {
	at := uint32(uintptr(unsafe.Pointer(&block[0])))
	kept[at] = block
	return at
}

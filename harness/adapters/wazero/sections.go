package main

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// sections holds facts about a module that wazero's API does not show, read from its bytes. They
// only name why a module is refused; wazero decides whether it is well formed.
type sections struct {
	// imports are the names of all imports; foreign are those that are not functions.
	imports, foreign []string
	// tables and memories are the minimum sizes, in elements and pages.
	tables, memories []uint64
}

// The ids of WebAssembly core 5.5.2 that are read here.
const (
	customSection = 0
	importSection = 2
	tableSection  = 4
	memorySection = 5
)

var errShort = errors.New("the module ends early")

// readSections reads as far as it can. It ignores everything after an unreadable part.
func readSections(module []byte) (found sections) {
	defer func() { _ = recover() }() // errShort, from any depth of the readers below
	in := &reader{module}
	in.take(8)
	for len(in.rest) > 0 {
		id := in.take(1)[0]
		body := &reader{in.take(int(in.number()))}
		switch id {
		case importSection:
			found.imports, found.foreign = body.imports()
		case tableSection:
			for range body.number() {
				body.take(1)
				found.tables = append(found.tables, body.least())
			}
		case memorySection:
			for range body.number() {
				found.memories = append(found.memories, body.least())
			}
		}
	}
	return found
}

// withoutCustom returns the module without its custom sections, which mean nothing to a host. A
// module that cannot be read is returned unchanged.
func withoutCustom(module []byte) (kept []byte) {
	defer func() {
		if recover() != nil {
			kept = module
		}
	}()
	in := &reader{module}
	kept = append(kept, in.take(8)...)
	for len(in.rest) > 0 {
		section := in.rest
		id := in.take(1)[0]
		body := &reader{in.take(int(in.number()))}
		if id != customSection || !utf8.ValidString(body.name()) {
			kept = append(kept, section[:len(section)-len(in.rest)]...)
		}
	}
	return kept
}

// reader takes from the front, and panics with errShort at the end.
type reader struct{ rest []byte }

func (r *reader) take(count int) []byte {
	if count < 0 || count > len(r.rest) {
		panic(errShort)
	}
	taken := r.rest[:count]
	r.rest = r.rest[count:]
	return taken
}

func (r *reader) number() uint64 {
	value, size := binary.Uvarint(r.rest)
	if size <= 0 {
		panic(errShort)
	}
	r.take(size)
	return value
}

func (r *reader) name() string { return string(r.take(int(r.number()))) }

// least reads limits and returns the minimum.
func (r *reader) least() uint64 {
	flags := r.take(1)[0]
	least := r.number()
	if flags&1 != 0 {
		r.number()
	}
	return least
}

func (r *reader) imports() (all, foreign []string) {
	for range r.number() {
		name := r.name() + "." + r.name()
		all = append(all, name)
		switch kind := r.take(1)[0]; kind {
		case 0:
			r.number()
		case 1:
			r.take(1)
			r.least()
			foreign = append(foreign, name+", a table")
		case 2:
			r.least()
			foreign = append(foreign, name+", a memory")
		case 3:
			r.take(2)
			foreign = append(foreign, name+", a global")
		default:
			panic(errShort)
		}
	}
	return all, foreign
}

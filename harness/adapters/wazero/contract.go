package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// moduleBytesMax is eight times a Go guest.
const moduleBytesMax = 16 << 20

// signature is the type of a function.
type signature struct{ params, results []api.ValueType }

func (s signature) same(other signature) bool {
	return slices.Equal(s.params, other.params) && slices.Equal(s.results, other.results)
}

func (s signature) String() string {
	names := func(types []api.ValueType) string {
		var all []string
		for _, one := range types {
			all = append(all, api.ValueTypeName(one))
		}
		return "(" + strings.Join(all, ", ") + ")"
	}
	return names(s.params) + " -> " + names(s.results)
}

func signatureOf(function api.FunctionDefinition) signature {
	return signature{function.ParamTypes(), function.ResultTypes()}
}

const i32, i64 = api.ValueTypeI32, api.ValueTypeI64

// guestABI lists the required exports of a guest, and the optional _initialize.
var (
	guestABI = map[string]signature{
		"alloc":   {[]api.ValueType{i32}, []api.ValueType{i32}},
		"process": {[]api.ValueType{i32, i32}, []api.ValueType{i64}},
	}
	initialize = signature{}
)

// checkContract returns why a valid module cannot run here.
func checkContract(module wazero.CompiledModule, seen sections, offered map[string]signature) *rejection {
	if len(seen.foreign) > 0 {
		return reject("import", "import "+seen.foreign[0]+": this host gives functions only")
	}
	for _, function := range module.ImportedFunctions() {
		from, name, _ := function.Import()
		wanted, known := offered[from+"."+name]
		if !known {
			return reject("import", "unknown import "+from+"."+name)
		}
		if found := signatureOf(function); !found.same(wanted) {
			text := fmt.Sprintf("import %s.%s has type %s, expected %s", from, name, found, wanted)
			return reject("import", text)
		}
	}
	if module.ExportedMemories()["memory"] == nil {
		return reject("export", "no memory is exported as memory")
	}
	functions := module.ExportedFunctions()
	for name, wanted := range guestABI {
		if functions[name] == nil {
			return reject("export", "no function is exported as "+name)
		}
		if found := signatureOf(functions[name]); !found.same(wanted) {
			return reject("export", fmt.Sprintf("%s has type %s, expected %s", name, found, wanted))
		}
	}
	if reactor := functions["_initialize"]; reactor != nil && !signatureOf(reactor).same(initialize) {
		return reject("export", "_initialize takes or gives something")
	}
	return nil
}

// pagesMax is the maximum of a 32-bit memory. A module with more is not valid.
const pagesMax = 65536

// overLimits reports whether a module declares more than the limits allow. wazero refuses such
// memories at compilation, but never such tables.
func overLimits(seen sections, limits limits) string {
	for _, pages := range seen.memories {
		if pages > uint64(limits.MemoryPages) && pages <= pagesMax {
			return fmt.Sprintf("a memory of %d pages, the cap is %d", pages, limits.MemoryPages)
		}
	}
	for _, elements := range seen.tables {
		if elements > uint64(limits.TableElements) {
			return fmt.Sprintf("a table of %d elements, the cap is %d", elements, limits.TableElements)
		}
	}
	return ""
}

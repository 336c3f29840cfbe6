package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"
)

// mitigationWords are the words of --mitigate. It also takes `all`.
const mitigationWords = "calls, custom, files, sleep, tables"

// mitigations are what a careful host adds to wazero. Each closes a measured gap, and has a price.
type mitigations struct {
	// calls checks the clock every 1024 calls of guest functions. wazero itself checks only in
	// loops, so a tree of calls runs forever. Price: a Go call for each guest call.
	calls bool
	// custom drops custom sections before compiling. wazero reads the name section, allocates by
	// its counts, refuses modules for meaningless names, and takes an empty section for the end of
	// the file. Price: traces without names.
	custom bool
	// files grants a folder as os.Root, which follows no link out of it. Price: read-only.
	files bool
	// sleep ends a guest's sleep at the deadline.
	sleep bool
	// tables refuses large tables and, with reference types off, table.grow: wazero has no limit on
	// tables. Price: guests that use reference types, and a panic inside wazero if a guest
	// initialises a table from a dropped or passive segment.
	tables bool
}

func parseMitigations(words string) (m mitigations, err error) {
	for _, word := range strings.FieldsFunc(words, func(c rune) bool { return c == ',' }) {
		switch word {
		case "all":
			m = mitigations{true, true, true, true, true}
		case "calls":
			m.calls = true
		case "custom":
			m.custom = true
		case "files":
			m.files = true
		case "sleep":
			m.sleep = true
		case "tables":
			m.tables = true
		default:
			return m, fmt.Errorf("no mitigation is called %q; there are %s", word, mitigationWords)
		}
	}
	return m, nil
}

// callsBetweenLooks: 1024 calls take microseconds. Checking the clock at each call would cost as
// much as the calls.
const callsBetweenLooks = 1024

// interrupter is a function listener that stops a guest past its deadline.
type interrupter struct{}

func (interrupter) NewFunctionListener(api.FunctionDefinition) experimental.FunctionListener {
	return experimental.FunctionListenerFunc(
		func(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
			call := callOf(ctx)
			if call == nil {
				return
			}
			call.callsMade++
			if call.callsMade%callsBetweenLooks == 0 && !time.Now().Before(call.deadline) {
				call.heard = true
				panic(sys.NewExitError(sys.ExitCodeDeadlineExceeded))
			}
		})
}

package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero/sys"
)

// trapKinds maps wazero's error texts to kinds. wazero has one text for an empty table slot and for
// an index past the end.
var trapKinds = map[string]string{
	"unreachable":                   "unreachable",
	"out of bounds memory access":   "memory-out-of-bounds",
	"invalid table access":          "table-out-of-bounds",
	"integer divide by zero":        "divide-by-zero",
	"integer overflow":              "integer-overflow",
	"invalid conversion to integer": "bad-conversion",
	"indirect call type mismatch":   "signature-mismatch",
	"null reference":                "null-element",
	"stack overflow":                "stack",
	"uncaught exception":            "uncaught-exception",
}

// failed is the outcome of a call that ended in an error. Types and our own clock decide.
// proc_exit(0xefffffff) gives the same error as a deadline, so an exit counts as a deadline only if
// the deadline has passed.
func failed(err error, call *call) outcome {
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		if !time.Now().Before(call.deadline) {
			if call.heard {
				return deadline("listener")
			}
			return deadline("context")
		}
		return guestError(int32(exit.ExitCode()), "exit")
	}
	if errors.Is(err, errHostPointer) {
		return trapped("host-pointer")
	}
	if kind, found := trapOf(err); found {
		return trapped(kind)
	}
	var broken runtime.Error
	if errors.As(err, &broken) {
		return hostFault("wazero recovered from " + broken.Error())
	}
	return trapped("other")
}

// trapOf is the kind of a trap. The error type is internal to wazero, so the name of the type
// identifies it. A guest can forge neither the type nor the fixed text of the error.
func trapOf(err error) (kind string, found bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		if fmt.Sprintf("%T", err) == "*wasmruntime.Error" {
			if kind, known := trapKinds[err.Error()]; known {
				return kind, true
			}
			return "other", true
		}
	}
	return "", false
}

// notInstantiated is the outcome without an instance: the start function failed, or the module
// imports something that it is not given.
func notInstantiated(err error, call *call) outcome {
	var exit *sys.ExitError
	_, trap := trapOf(err)
	if trap || errors.As(err, &exit) || errors.Is(err, errHostPointer) {
		return failed(err, call)
	}
	refusal := reject("instantiate", err.Error())
	return outcome{"outcome": "rejected", "stage": refusal.stage, "detail": refusal.reason}
}

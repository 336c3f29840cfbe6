// attack: built for a page (GOOS=js), whose shim alone can give it what it imports
// contained-if: rejected(import) | rejected(export)
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: go-echo

//go:build js

package main

import "syscall/js"

func main() {
	js.Global().Set("process", js.FuncOf(func(_ js.Value, args []js.Value) any { return args[0] }))
	select {}
}

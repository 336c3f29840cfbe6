;; attack: imports the functions of a Go js/wasm build, which only a page can give
;; contained-if: rejected(import) | rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-echo

(module
  (import "gojs" "runtime.wasmExit" (func (param i32)))
  (import "gojs" "runtime.wasmWrite" (func (param i32)))
  (import "gojs" "runtime.nanotime1" (func (param i32)))
  (import "gojs" "syscall/js.valueGet" (func (param i32)))
  (memory (export "mem") 1)
  (func (export "run") (param i32 i32))
  (func (export "resume"))
  (func (export "getsp") (result i32) (i32.const 0)))

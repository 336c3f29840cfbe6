;; attack: imports WASI preview 2 by the names of its component interfaces
;; contained-if: rejected(import)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi:cli/environment@0.2.0" "get-environment" (func (param i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

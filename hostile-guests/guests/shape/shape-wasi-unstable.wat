;; attack: imports WASI of the snapshot before preview 1
;; contained-if: rejected(import)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

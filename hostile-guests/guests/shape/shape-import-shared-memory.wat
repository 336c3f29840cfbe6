;; attack: imports a shared memory
;; contained-if: rejected(import) | rejected(validate)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny
;; features: threads

(module
  (import "env" "memory" (memory 1 1 shared))
  (export "memory" (memory 0))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

;; attack: imports env.log as its memory
;; contained-if: rejected(import)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (memory 1))
  (export "memory" (memory 0))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

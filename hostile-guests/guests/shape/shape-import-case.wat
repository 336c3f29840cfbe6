;; attack: imports ENV.LOG, which differs from env.log only in case
;; contained-if: rejected(import)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-log

(module
  (import "ENV" "LOG" (func (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

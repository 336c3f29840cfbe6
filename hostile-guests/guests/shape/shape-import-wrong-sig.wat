;; attack: imports env.log with another type than the host's
;; contained-if: rejected(import)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i64) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

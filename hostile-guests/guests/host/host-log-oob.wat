;; attack: logs a range that ends past its memory
;; contained-if: trap(host-pointer) | guest-error | ok
;; returns: input; no byte from outside the memory in the log
;; seen-in: FACTS.md#log-ranges
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 65530) (i32.const 64))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

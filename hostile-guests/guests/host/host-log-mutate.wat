;; attack: logs a line, changes the bytes at once and logs again
;; contained-if: ok
;; returns: input; two log records, first and hirdt
;; seen-in: FACTS.md#log-injection
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "first")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 16) (i32.const 5))
    (i32.store (i32.const 16) (i32.const 0x64726968))
    (call $log (i32.const 16) (i32.const 5))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

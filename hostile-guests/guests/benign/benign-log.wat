;; attack: logs one line and returns its input
;; contained-if: ok
;; returns: input; one log record, hello from guest
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello from guest")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 16) (i32.const 16))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: logs in alloc, before the call proper
;; contained-if: ok
;; returns: input; one log record, in alloc, under the right tenant
;; seen-in: FACTS.md#log-injection, FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "in alloc")
  (func (export "alloc") (param $len i32) (result i32)
    (call $log (i32.const 16) (i32.const 8))
    (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

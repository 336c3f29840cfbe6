;; attack: logs, grows its memory so that it may move, and logs from the new page
;; contained-if: ok
;; returns: input; two log records, before and after
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-grow

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "beforeafter")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (call $log (i32.const 16) (i32.const 6))
    (local.set $at (i32.shl (memory.grow (i32.const 64)) (i32.const 16)))
    (memory.copy (local.get $at) (i32.const 22) (i32.const 5))
    (call $log (local.get $at) (i32.const 5))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: logs in its start function
;; contained-if: ok | rejected(static-limit) | rejected(instantiate)
;; returns: input; one log record, from start, under the right tenant
;; seen-in: FACTS.md#start-functions
;; tier: core
;; counterpart: benign-start

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "from start")
  (func $start (call $log (i32.const 16) (i32.const 10)))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: logs terminal control sequences that clear a screen and set its title
;; contained-if: ok
;; returns: input; one log record, without control characters
;; seen-in: FACTS.md#log-injection
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16)
    "\1b[2J\1b[31mred\1b]0;owned\07")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 16) (i32.const 22))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: logs a line, then traps: the log stays, no output does
;; contained-if: trap(unreachable)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "before trap")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 16) (i32.const 11))
    (unreachable)
    (i64.const 0)))

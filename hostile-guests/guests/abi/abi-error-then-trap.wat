;; attack: reports an error, then traps
;; contained-if: guest-error | trap(unreachable)
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "no such rule")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 7) (i32.const 16) (i32.const 12))
    (unreachable)
    (i64.const 0)))

;; attack: reports two errors
;; contained-if: guest-error
;; returns: error code 7 or 8, with its own text
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "firstsecond")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 7) (i32.const 16) (i32.const 5))
    (call $error (i32.const 8) (i32.const 21) (i32.const 6))
    (i64.const 0)))

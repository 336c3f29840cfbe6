;; attack: reports an error with the least code
;; contained-if: guest-error
;; returns: error code -2147483648, text least
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "least")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 0x80000000) (i32.const 16) (i32.const 5))
    (i64.const 0)))

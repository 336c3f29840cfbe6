;; attack: reports an error whose text is not UTF-8
;; contained-if: guest-error
;; returns: error code 1, text without invalid bytes
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "bad \ff\fe\c0\af")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 1) (i32.const 16) (i32.const 8))
    (i64.const 0)))

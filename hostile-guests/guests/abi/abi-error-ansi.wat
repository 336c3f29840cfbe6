;; attack: reports an error whose text clears a terminal and forges a line
;; contained-if: guest-error
;; returns: error code 1, text without control characters
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\1b[2J\1b[31mno\0d\0aHTTP 200")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 1) (i32.const 16) (i32.const 21))
    (i64.const 0)))

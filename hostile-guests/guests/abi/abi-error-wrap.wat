;; attack: reports an error whose text wraps around 2^32
;; contained-if: guest-error | trap(host-pointer)
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 1) (i32.const 0xfffffff0) (i32.const 0x20))
    (i64.const 0)))

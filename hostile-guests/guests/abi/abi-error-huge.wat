;; attack: reports an error whose text is its whole memory
;; contained-if: guest-error
;; returns: error code 1, text cut at the cap of the host
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 16)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 1) (i32.const 0) (i32.const 0x100000))
    (i64.const 0)))

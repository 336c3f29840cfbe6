;; attack: reports an error forever
;; contained-if: guest-error | deadline | fuel
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "again")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever
      (call $error (i32.const 1) (i32.const 16) (i32.const 5))
      (br $forever))
    (i64.const 0)))

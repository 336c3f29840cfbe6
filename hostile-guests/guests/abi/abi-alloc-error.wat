;; attack: uses the error channel in alloc
;; contained-if: guest-error
;; returns: error code 3, text no memory
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "no memory")
  (func (export "alloc") (param $len i32) (result i32)
    (call $error (i32.const 3) (i32.const 16) (i32.const 9))
    (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: answers alloc with an address that wraps around 2^32 with an input of 16 bytes
;; contained-if: guest-error
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 0xfffffff0))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

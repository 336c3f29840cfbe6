;; attack: answers alloc with the address of its own data
;; contained-if: ok
;; returns: input
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (data (i32.const 16) "data of the guest")
  (func (export "alloc") (param $len i32) (result i32)
    (i32.const 16))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: has a memory with pages of one byte
;; contained-if: ok | rejected(validate) | rejected(static-limit)
;; returns: input
;; seen-in: FACTS.md#proposals
;; tier: core
;; counterpart: benign-echo
;; features: custom-page-sizes

(module
  (memory (export "memory") 65536 (pagesize 1))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: declares a garbage-collected struct, a feature that a host must advertise
;; contained-if: ok | rejected(validate) | rejected(static-limit)
;; returns: input
;; seen-in: FACTS.md#proposals
;; tier: core
;; counterpart: benign-echo
;; features: gc

(module
  (memory (export "memory") 1)
  (type $pair (struct (field i32) (field i32)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

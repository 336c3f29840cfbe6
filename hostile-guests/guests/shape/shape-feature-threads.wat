;; attack: has one atomic instruction
;; contained-if: ok | rejected(validate) | rejected(static-limit)
;; returns: input
;; seen-in: FACTS.md#proposals
;; tier: core
;; counterpart: benign-echo
;; features: threads

(module
  (memory (export "memory") 1)
  (func (drop (i32.atomic.load (i32.const 0))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

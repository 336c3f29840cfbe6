;; attack: exports a shared memory that another thread could change while the host reads
;; contained-if: ok | rejected(validate) | rejected(static-limit) | rejected(instantiate)
;; returns: input
;; seen-in: FACTS.md#pointer-and-length, FACTS.md#proposals
;; tier: core
;; counterpart: benign-echo
;; features: threads

(module
  (memory (export "memory") 1 1 shared)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: exports both _start and _initialize
;; contained-if: ok | rejected(export)
;; returns: input
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-init

(module
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "_initialize"))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

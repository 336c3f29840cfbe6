;; attack: exports everything but alloc
;; contained-if: rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

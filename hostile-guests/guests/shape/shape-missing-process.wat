;; attack: exports everything but process
;; contained-if: rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024)))

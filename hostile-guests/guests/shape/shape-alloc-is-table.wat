;; attack: exports alloc as a table
;; contained-if: rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (table (export "alloc") 1 funcref)
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

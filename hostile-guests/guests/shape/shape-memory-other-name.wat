;; attack: exports its memory as mem
;; contained-if: rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "mem") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

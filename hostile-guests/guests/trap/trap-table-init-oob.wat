;; attack: initialises a table past the end of a segment
;; contained-if: trap(table-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 2 funcref)
  (func $f)
  (elem $e func $f)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2))
    (i64.const 0)))

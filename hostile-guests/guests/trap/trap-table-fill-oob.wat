;; attack: fills a table past its end
;; contained-if: trap(table-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 2 funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (table.fill $t (i32.const 1) (ref.null func) (i32.const 2))
    (i64.const 0)))

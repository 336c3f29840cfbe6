;; attack: calls through a table without slots
;; contained-if: trap(table-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-indirect

(module
  (memory (export "memory") 1)
  (table $t 0 funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call_indirect $t (i32.const 0))
    (i64.const 0)))

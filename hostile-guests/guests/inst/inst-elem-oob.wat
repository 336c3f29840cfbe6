;; attack: places an element segment past the end of its table
;; contained-if: trap(table-out-of-bounds) | rejected(instantiate)
;; seen-in: FACTS.md#active-segments
;; tier: core
;; counterpart: benign-indirect

(module
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 1) func $f)
  (func $f)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

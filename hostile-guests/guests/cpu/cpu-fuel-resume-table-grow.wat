;; attack: counts one step and grows a table by one, which must count as one however it is metered
;; contained-if: ok | fuel
;; returns: bytes 01000000
;; seen-in: FACTS.md#fuel-and-table-growth
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 0 100 funcref)
  (global $steps (mut i32) (i32.const 0))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (global.set $steps (i32.add (global.get $steps) (i32.const 1)))
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (i32.store (i32.const 16) (global.get $steps))
    (i64.const 0x10_00000004)))

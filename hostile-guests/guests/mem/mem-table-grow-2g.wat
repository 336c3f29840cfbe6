;; attack: grows a table by 2^31 elements in one instruction
;; contained-if: ok | memory-cap | deadline | fuel | rejected(static-limit)
;; returns: bytes ffffffff
;; seen-in: FACTS.md#table-growth
;; tier: heavy
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 0 funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (table.grow $t (ref.null func) (i32.const 0x80000000)))
    (i64.const 0x10_00000004)))

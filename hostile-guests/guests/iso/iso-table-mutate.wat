;; attack: says whether its table was filled before, then fills it
;; contained-if: ok
;; returns: bytes 00000000
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 1 funcref)
  (elem declare func $mark)
  (func $mark)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (i32.eqz (ref.is_null (table.get $t (i32.const 0)))))
    (table.set $t (i32.const 0) (ref.func $mark))
    (i64.const 0x10_00000004)))

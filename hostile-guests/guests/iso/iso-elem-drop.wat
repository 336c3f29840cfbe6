;; attack: uses an element segment and drops it: a second call must still have it
;; contained-if: ok
;; returns: bytes 6d61726b
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 1 funcref)
  (elem $e func $mark)
  (func $mark (i32.store (i32.const 16) (i32.const 0x6b72616d)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))
    (elem.drop $e)
    (call_indirect $t (i32.const 0))
    (i64.const 0x10_00000004)))

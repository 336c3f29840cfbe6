;; attack: initialises a table from a segment forever
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#bulk-operations
;; tier: core
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table $t 64 funcref)
  (func $f)
  (elem $e func
    $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f
    $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f
    $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f
    $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 64))
      (br $forever))))

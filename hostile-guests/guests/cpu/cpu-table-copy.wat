;; attack: copies onto itself a table of `elements` elements forever
;; contained-if: deadline | fuel | memory-cap | rejected(static-limit) | rejected(instantiate)
;; seen-in: FACTS.md#bulk-operations
;; tier: core
;; counterpart: benign-table
;; params: elements=9000

(module
  (memory (export "memory") 1)
  (table $t ${elements} funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (table.copy $t $t (i32.const 1) (i32.const 0)
        (i32.sub (table.size $t) (i32.const 1)))
      (br $forever))))

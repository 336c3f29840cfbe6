;; attack: declares a first table of `elements` elements
;; contained-if: memory-cap | rejected(static-limit) | rejected(instantiate)
;; seen-in: FACTS.md#table-minimum
;; tier: core
;; counterpart: benign-table
;; params: elements=1000000
;; reaches: 1000000 elements

(module
  (memory (export "memory") 1)
  (table ${elements} funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

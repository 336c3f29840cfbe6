;; attack: declares a first table of 2^32 - 1 elements in 18 bytes
;; contained-if: memory-cap | rejected(static-limit) | rejected(instantiate)
;; seen-in: FACTS.md#table-minimum, RUSTSEC-2026-0114
;; tier: heavy
;; counterpart: benign-table

(module
  (memory (export "memory") 1)
  (table 4294967295 funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: runs one of the dearest instructions forever, where fuel counts it as cheap
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#fuel-prices, CWA-2024-004, CWA-2024-007
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x i64)
    (loop $forever (result i64)
      (local.set $x
        (i64.div_s (i64.const -1) (i64.or (local.get $x) (i64.const 1))))
      (br $forever))))

;; attack: runs one of the dearest instructions forever, where fuel counts it as cheap
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#fuel-prices, CWA-2024-004, CWA-2024-007
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x v128)
    (loop $forever (result i64)
      (local.set $x
        (f64x2.sqrt (f64x2.div (local.get $x) (v128.const f64x2 3 7))))
      (br $forever))))

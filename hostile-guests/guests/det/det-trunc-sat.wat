;; attack: returns saturating conversions of NaN, infinity and out of range
;; contained-if: ok
;; returns: bytes 0000000000000000ffffff7f
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\00\00\00\00\00\00\f8\7f")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (i32.trunc_sat_f64_s (f64.load (i32.const 64))))
    (i32.store (i32.const 20) (i32.trunc_sat_f64_u (f64.const -5)))
    (i32.store (i32.const 24) (i32.trunc_sat_f64_s (f64.const 1e300)))
    (i64.const 0x10_0000000c)))

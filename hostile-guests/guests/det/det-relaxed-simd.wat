;; attack: returns a relaxed multiply-add, which may differ from machine to machine
;; contained-if: ok | rejected(validate)
;; returns: sixteen bytes, the same on every call of one host
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math
;; features: relaxed-simd

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (v128.store (i32.const 16)
      (f32x4.relaxed_madd
        (v128.const f32x4 1.0000001 1.0000001 1.0000001 1.0000001)
        (v128.const f32x4 1.0000001 1.0000001 1.0000001 1.0000001)
        (v128.const f32x4 -1 -1 -1 -1)))
    (i64.const 0x10_00000010)))

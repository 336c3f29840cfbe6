;; attack: rounds numbers on both sides of zero up, down and towards zero, in both widths
;; contained-if: ok
;; returns: bytes 00000040000080bf0000803f00000080000000000000004000000000000000c0000000000000f03f
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\00\00\c0\3f\00\00\40\bf\00\00\00\00\00\00\f8\3f")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (f32.store (i32.const 16) (f32.ceil (f32.load (i32.const 64))))
    (f32.store (i32.const 20) (f32.floor (f32.load (i32.const 68))))
    (f32.store (i32.const 24) (f32.trunc (f32.load (i32.const 64))))
    (f32.store (i32.const 28) (f32.trunc (f32.load (i32.const 68))))
    (f64.store (i32.const 32) (f64.ceil (f64.load (i32.const 72))))
    (f64.store (i32.const 40) (f64.floor (f64.neg (f64.load (i32.const 72)))))
    (f64.store (i32.const 48) (f64.trunc (f64.load (i32.const 72))))
    (i64.const 0x10_00000028)))

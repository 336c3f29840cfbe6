;; attack: returns the signs of the minimum and maximum of zeros
;; contained-if: ok
;; returns: bytes 0000008000000000
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\00\00\00\00\00\00\00\80")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (f32.store (i32.const 16) (f32.min (f32.load (i32.const 64)) (f32.load (i32.const 68))))
    (f32.store (i32.const 20) (f32.max (f32.load (i32.const 64)) (f32.load (i32.const 68))))
    (i64.const 0x10_00000008)))

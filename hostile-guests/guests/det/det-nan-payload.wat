;; attack: returns the bits of a NaN with a payload after arithmetic
;; contained-if: ok
;; returns: eight bytes, the same on every call
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\01\00\00\00\00\00\f4\7f")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (f64.store (i32.const 16)
      (f64.add (f64.load (i32.const 64)) (f64.const 1)))
    (i64.const 0x10_00000008)))

;; attack: returns the bits of 0/0 in both widths
;; contained-if: ok
;; returns: twelve bytes, the same on every call; 0000c07f000000000000f87f when NaNs are
;;   canonical, sign aside
;; seen-in: FACTS.md#floating-point
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (f32.store (i32.const 16)
      (f32.div (f32.load (i32.const 64)) (f32.load (i32.const 64))))
    (f64.store (i32.const 20)
      (f64.div (f64.load (i32.const 64)) (f64.load (i32.const 64))))
    (i64.const 0x10_0000000c)))

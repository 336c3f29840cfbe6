;; attack: divides and converts at the edges that are defined
;; contained-if: ok
;; returns: bytes fcffff7f
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $sum i32)
    (local.set $sum (i32.rem_s (i32.const 0x80000000) (i32.const -1)))
    (local.set $sum
      (i32.add (local.get $sum) (i32.div_s (i32.const -7) (i32.const 2))))
    (local.set $sum
      (i32.add (local.get $sum) (i32.trunc_f64_s (f64.const 2147483647.9))))
    (local.set $sum
      (i32.add (local.get $sum) (i32.trunc_sat_f32_u (f32.const nan))))
    (i32.store (i32.const 16) (local.get $sum))
    (i64.const 0x10_00000004)))

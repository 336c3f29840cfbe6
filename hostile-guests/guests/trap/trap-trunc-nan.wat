;; attack: converts NaN to an integer
;; contained-if: trap(bad-conversion)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i32.trunc_f32_s (f32.const nan)))
    (i64.const 0)))

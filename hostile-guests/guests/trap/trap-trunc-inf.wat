;; attack: converts infinity to an integer
;; contained-if: trap(integer-overflow)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i64.trunc_f64_s (f64.const inf)))
    (i64.const 0)))

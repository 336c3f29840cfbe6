;; attack: takes an unsigned remainder by zero
;; contained-if: trap(divide-by-zero)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i32.rem_u (i32.const 1) (i32.load (i32.const 16))))
    (i64.const 0)))

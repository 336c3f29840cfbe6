;; attack: divides the least 64-bit integer by minus one
;; contained-if: trap(integer-overflow)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))
    (i64.const 0)))

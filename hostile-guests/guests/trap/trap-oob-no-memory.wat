;; attack: loads from a memory of no pages
;; contained-if: trap(memory-out-of-bounds) | guest-error
;; returns: guest-error where the input is not empty and finds no room
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-memory

(module
  (memory (export "memory") 0)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 0))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i32.load (i32.const 0)))
    (i64.const 0)))

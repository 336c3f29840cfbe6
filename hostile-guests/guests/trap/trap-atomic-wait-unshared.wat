;; attack: waits on a memory that is not shared
;; contained-if: trap(other) | rejected(validate)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny
;; features: threads

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (i64.const 0)))

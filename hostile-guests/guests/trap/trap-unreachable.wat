;; attack: runs the unreachable instruction
;; contained-if: trap(unreachable)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (unreachable)
    (i64.const 0)))

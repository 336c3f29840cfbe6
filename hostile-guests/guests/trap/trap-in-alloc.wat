;; attack: traps in alloc, before process
;; contained-if: trap(unreachable)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (unreachable))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

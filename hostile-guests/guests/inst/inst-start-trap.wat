;; attack: traps in its start function
;; contained-if: trap(unreachable) | rejected(static-limit) | rejected(instantiate)
;; seen-in: FACTS.md#start-functions
;; tier: core
;; counterpart: benign-start

(module
  (memory (export "memory") 1)
  (func $start (unreachable))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

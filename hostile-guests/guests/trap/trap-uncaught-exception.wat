;; attack: throws an exception that nobody catches
;; contained-if: trap(uncaught-exception) | rejected(validate)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny
;; features: exceptions

(module
  (memory (export "memory") 1)
  (tag $oops)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (throw $oops)
    (i64.const 0)))

;; attack: reads an array of the garbage-collected heap past its end
;; contained-if: trap(other) | trap(memory-out-of-bounds) | rejected(validate)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny
;; features: gc

(module
  (memory (export "memory") 1)
  (type $a (array i32))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (array.get $a (array.new_default $a (i32.const 2)) (i32.const 2)))
    (i64.const 0)))

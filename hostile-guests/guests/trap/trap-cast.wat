;; attack: casts an integer reference to a struct
;; contained-if: trap(other) | rejected(validate)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny
;; features: gc

(module
  (memory (export "memory") 1)
  (type $s (struct (field i32)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (ref.cast (ref $s) (ref.i31 (i32.const 1))))
    (i64.const 0)))

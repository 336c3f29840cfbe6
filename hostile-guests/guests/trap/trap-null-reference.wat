;; attack: calls a typed reference that is null
;; contained-if: trap(null-element) | trap(other) | rejected(validate)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny
;; features: function-references

(module
  (memory (export "memory") 1)
  (type $f (func))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call_ref $f (ref.null $f))
    (i64.const 0)))

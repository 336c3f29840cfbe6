;; attack: calls through an empty slot of a table
;; contained-if: trap(null-element)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-indirect

(module
  (memory (export "memory") 1)
  (type $unary (func (param i32) (result i32)))
  (type $other (func (param i64) (result i64)))
  (table $t 2 funcref)
  (elem (i32.const 1) func $next)
  (func $next (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call_indirect $t (type $unary) (i32.const 41) (i32.const 0)))
    (i64.const 0)))

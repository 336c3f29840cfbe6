;; attack: calls through a table, in range and with the right type
;; contained-if: ok
;; returns: bytes 2a000000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (type $unary (func (param i32) (result i32)))
  (table $t 2 funcref)
  (elem (i32.const 1) func $next)
  (func $next (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16)
      (call_indirect $t (type $unary) (i32.const 41) (i32.const 1)))
    (i64.const 0x10_00000004)))

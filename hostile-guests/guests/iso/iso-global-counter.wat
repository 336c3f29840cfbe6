;; attack: counts its calls in a global and returns the count
;; contained-if: ok
;; returns: bytes 01000000
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 16) (global.get $calls))
    (i64.const 0x10_00000004)))

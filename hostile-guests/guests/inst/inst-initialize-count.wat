;; attack: counts how often _initialize ran before process
;; contained-if: ok
;; returns: bytes 01000000
;; seen-in: FACTS.md#initializers
;; tier: core
;; counterpart: benign-init

(module
  (memory (export "memory") 1)
  (global $ran (mut i32) (i32.const 0))
  (func (export "_initialize")
    (global.set $ran (i32.add (global.get $ran) (i32.const 1))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (global.get $ran))
    (i64.const 0x10_00000004)))

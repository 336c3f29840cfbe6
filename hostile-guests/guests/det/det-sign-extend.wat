;; attack: sign-extends through spills over a call
;; contained-if: ok
;; returns: bytes 80ffffffffffffff
;; seen-in: FACTS.md#miscompilations, CVE-2021-32629
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\80")
  (global $g (mut i32) (i32.const 0))
  (func $clobber
    (global.set $g (i32.add (global.get $g) (i32.const 1))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x i32)
    (local.set $x (i32.load8_s (i32.const 64)))
    (call $clobber)
    (i64.store (i32.const 16) (i64.extend_i32_s (local.get $x)))
    (i64.const 0x10_00000008)))

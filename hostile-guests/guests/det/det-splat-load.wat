;; attack: splats a number loaded from the end of its memory
;; contained-if: ok
;; returns: bytes 00000000000000000000000000000000
;; seen-in: FACTS.md#miscompilations, RUSTSEC-2026-0087
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (v128.store (i32.const 16) (f64x2.splat (f64.load (i32.const 65528))))
    (i64.const 0x10_00000010)))

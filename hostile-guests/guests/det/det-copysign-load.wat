;; attack: copies the sign of a loaded number
;; contained-if: ok
;; returns: bytes 0000000000000040
;; seen-in: FACTS.md#miscompilations, RUSTSEC-2026-0006
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (f64.store (i32.const 16)
      (f64.copysign (f64.const 2) (f64.load (i32.const 65528))))
    (i64.const 0x10_00000008)))

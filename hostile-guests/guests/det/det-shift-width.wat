;; attack: shifts by the width of its operands and more
;; contained-if: ok
;; returns: bytes 02000000feffffffffffffff
;; seen-in: FACTS.md#miscompilations, RUSTSEC-2023-0091
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\21\00\00\00\42\00\00\00")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16)
      (i32.shl (i32.const 1) (i32.load (i32.const 64))))
    (i64.store (i32.const 20)
      (i64.shr_s (i64.const -8) (i64.load32_u (i32.const 68))))
    (i64.const 0x10_0000000c)))

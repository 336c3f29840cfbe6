;; attack: rotates by more than the width
;; contained-if: ok
;; returns: bytes 03000000000000c0
;; seen-in: FACTS.md#miscompilations
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\21\00\00\00")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16)
      (i32.rotl (i32.const 0x80000001) (i32.load (i32.const 64))))
    (i32.store (i32.const 20)
      (i32.rotr (i32.const 0x80000001) (i32.load (i32.const 64))))
    (i64.const 0x10_00000008)))

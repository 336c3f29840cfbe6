;; attack: swizzles with indices out of range
;; contained-if: ok
;; returns: bytes 011000000002030405060708090a0b0c
;; seen-in: FACTS.md#miscompilations, RUSTSEC-2022-0095, RUSTSEC-2023-0093
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (v128.store (i32.const 16)
      (i8x16.swizzle
        (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
        (v128.const i8x16 0 15 16 255 128 1 2 3 4 5 6 7 8 9 10 11)))
    (i64.const 0x10_00000010)))

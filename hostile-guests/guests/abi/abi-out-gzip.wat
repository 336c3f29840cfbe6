;; attack: returns the head of a gzip stream, which no host must decompress
;; contained-if: ok
;; returns: bytes 1f8b0800000000000003edc1
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "\1f\8b\08\00\00\00\00\00\00\03\ed\c1")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_0000000c)))

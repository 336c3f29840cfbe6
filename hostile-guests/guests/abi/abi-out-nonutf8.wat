;; attack: returns bytes that are not UTF-8
;; contained-if: ok
;; returns: bytes fffec0af00
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "\ff\fe\c0\af\00")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000005)))

;; attack: returns four bytes from a minimal module
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (data (i32.const 16) "tiny")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

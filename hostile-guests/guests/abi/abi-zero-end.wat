;; attack: returns no bytes at the very end of its memory, which is legal
;; contained-if: ok
;; returns: empty
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-empty

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x00010000_00000000)))

;; attack: returns a pointer just past the end of its memory
;; contained-if: guest-error
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x00010004_00000004)))

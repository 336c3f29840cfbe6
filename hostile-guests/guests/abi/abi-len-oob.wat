;; attack: returns a range that starts inside and ends past its memory
;; contained-if: guest-error
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x0000fffc_00000008)))

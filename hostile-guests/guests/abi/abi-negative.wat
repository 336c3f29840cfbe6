;; attack: returns a result with the sign bit set, which is a pointer over 2^31
;; contained-if: guest-error
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x80000010_00000004)))

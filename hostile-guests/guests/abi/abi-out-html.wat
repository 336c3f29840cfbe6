;; attack: returns a script, which no host must serve as a page
;; contained-if: ok
;; returns: bytes 3c7363726970743e666574636828222f737465616c22293c2f7363726970743e
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "<script>fetch(\22/steal\22)</script>")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000020)))

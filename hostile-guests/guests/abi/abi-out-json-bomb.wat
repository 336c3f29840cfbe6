;; attack: returns 64000 opening brackets, which no host must parse
;; contained-if: ok
;; returns: 64000 bytes 5b
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-fill

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 1024) (i32.const 0x5b) (i32.const 64000))
    (i64.const 0x400_0000fa00)))

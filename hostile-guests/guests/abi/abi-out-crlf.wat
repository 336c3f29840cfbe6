;; attack: returns bytes that would end a header and begin a response
;; contained-if: ok
;; returns: bytes 780d0a5365742d436f6f6b69653a20613d620d0a0d0a3c703e
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "x\0d\0aSet-Cookie: a=b\0d\0a\0d\0a<p>")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000019)))

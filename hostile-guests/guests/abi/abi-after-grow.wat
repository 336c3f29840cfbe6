;; attack: grows its memory in process and returns bytes of the new page
;; contained-if: ok
;; returns: bytes 67726f77
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (local.set $at (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
    (i32.store (local.get $at) (i32.const 0x776f7267))
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32))
      (i64.const 4))))

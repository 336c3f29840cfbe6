;; attack: loads and stores at the very edges of its memory
;; contained-if: ok
;; returns: bytes 5a5a5a5a
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.store (i32.const 65528) (i64.const 0x5a5a5a5a5a5a5a5a))
    (memory.fill (i32.const 65536) (i32.const 0) (i32.const 0))
    (i32.store (i32.const 16) (i32.load offset=65528 (i32.const 4)))
    (i64.const 0x10_00000004)))

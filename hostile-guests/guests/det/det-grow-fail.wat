;; attack: returns the results of growing by 1, by too much and by 1
;; contained-if: ok
;; returns: bytes 01000000ffffffff02000000
;; seen-in: FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.grow (i32.const 1)))
    (i32.store (i32.const 20) (memory.grow (i32.const 65535)))
    (i32.store (i32.const 24) (memory.grow (i32.const 1)))
    (i64.const 0x10_0000000c)))

;; attack: asks for 2^32 - 1 pages, so that the sum wraps around
;; contained-if: ok | memory-cap
;; returns: bytes ffffffff
;; seen-in: FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.grow (i32.const -1)))
    (i64.const 0x10_00000004)))

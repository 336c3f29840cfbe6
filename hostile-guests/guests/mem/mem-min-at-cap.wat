;; attack: declares a first memory of exactly `pages` pages
;; contained-if: ok
;; returns: u32 == pages
;; seen-in: FACTS.md#instantiation-cost
;; tier: core
;; counterpart: benign-tiny
;; params: pages=256

(module
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

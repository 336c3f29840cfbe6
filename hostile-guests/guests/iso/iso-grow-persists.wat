;; attack: returns the size of its memory at entry, then grows it by a page
;; contained-if: ok
;; returns: bytes 01000000
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.size))
    (drop (memory.grow (i32.const 1)))
    (i64.const 0x10_00000004)))

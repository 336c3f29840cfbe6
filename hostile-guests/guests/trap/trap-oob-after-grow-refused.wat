;; attack: stores where its memory would be, had a refused grow been granted
;; contained-if: trap(memory-out-of-bounds) | memory-cap
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-grow
;; reaches: 4096 pages

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (memory.grow (i32.const 4095)))
    (i32.store (i32.const 0x0ffffff0) (i32.const 1))
    (i64.const 0)))

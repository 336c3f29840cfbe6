;; attack: loads one byte past the end of its memory
;; contained-if: trap(memory-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-memory

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i32.load8_u (i32.shl (memory.size) (i32.const 16))))
    (i64.const 0)))

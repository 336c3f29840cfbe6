;; attack: fills past the end of its memory in one instruction
;; contained-if: trap(memory-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-fill

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 65535) (i32.const 1) (i32.const 2))
    (i64.const 0)))

;; attack: copies past the end of a passive data segment
;; contained-if: trap(memory-out-of-bounds)
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-segment

(module
  (memory (export "memory") 1)
  (data $d "four")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.init $d (i32.const 16) (i32.const 2) (i32.const 4))
    (i64.const 0)))

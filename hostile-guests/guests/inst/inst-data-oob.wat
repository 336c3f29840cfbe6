;; attack: places a data segment past the end of its memory
;; contained-if: trap(memory-out-of-bounds) | rejected(instantiate)
;; seen-in: FACTS.md#active-segments
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 65534) "four")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

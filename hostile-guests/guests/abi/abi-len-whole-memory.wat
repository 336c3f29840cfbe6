;; attack: grows by 255 pages and returns its whole memory as output
;; contained-if: ok | guest-error | memory-cap
;; returns: its whole memory, only where the output cap allows it
;; seen-in: FACTS.md#pointer-and-length
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (memory.grow (i32.const 255)))
    (i64.extend_i32_u (i32.shl (memory.size) (i32.const 16)))))

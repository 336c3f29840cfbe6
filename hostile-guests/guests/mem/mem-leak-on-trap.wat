;; attack: grows by 100 pages, writes to them, then traps
;; contained-if: trap(unreachable) | memory-cap
;; seen-in: FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (local.set $at (memory.grow (i32.const 100)))
    (if (i32.ne (local.get $at) (i32.const -1))
      (then
        (memory.fill (i32.shl (local.get $at) (i32.const 16)) (i32.const 0x5a)
          (i32.const 0x640000))))
    (unreachable)))

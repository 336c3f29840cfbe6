;; attack: grows its memory by 16 pages, once, and uses the last byte of them
;; contained-if: ok
;; returns: bytes 11000000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $last i32)
    (if (i32.lt_u (memory.size) (i32.const 17))
      (then
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1))
          (then (unreachable)))))
    (local.set $last (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1)))
    (i32.store8 (local.get $last) (i32.const 0x5a))
    (if (i32.ne (i32.load8_u (local.get $last)) (i32.const 0x5a))
      (then (unreachable)))
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

;; attack: loops a thousand times
;; contained-if: ok
;; returns: bytes e8030000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (loop $more
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 1000))))
    (i32.store (i32.const 16) (local.get $i))
    (i64.const 0x10_00000004)))

;; attack: calls itself as a tree of 2^8 leaves and counts them
;; contained-if: ok
;; returns: bytes 00010000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (global $leaves (mut i32) (i32.const 0))
  (func $tree (param $depth i32)
    (if (i32.eqz (local.get $depth))
      (then
        (global.set $leaves (i32.add (global.get $leaves) (i32.const 1)))
        (return)))
    (call $tree (i32.sub (local.get $depth) (i32.const 1)))
    (call $tree (i32.sub (local.get $depth) (i32.const 1))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (global.set $leaves (i32.const 0))
    (call $tree (i32.const 8))
    (i32.store (i32.const 16) (global.get $leaves))
    (i64.const 0x10_00000004)))

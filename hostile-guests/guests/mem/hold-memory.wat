;; attack: writes to every 4 KiB of a memory of `pages` pages, then waits in the host forever
;; contained-if: deadline
;; seen-in: FACTS.md#memory-growth, FACTS.md#blocking-waits
;; tier: core
;; counterpart: benign-grow
;; params: pages=64

(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (local.set $at (i32.shl (memory.size) (i32.const 16)))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 4096)))
      (i32.store8 (local.get $at) (i32.const 0x5a))
      (br_if $next (local.get $at)))
    (memory.fill (i32.const 64) (i32.const 0) (i32.const 48))
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const 0x7fffffffffffffff))
    (loop $again
      (drop (call $poll_oneoff
        (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 192)))
      (br $again))
    (i64.const 0)))

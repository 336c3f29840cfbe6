;; attack: grows to the cap, or to 256 MiB, and writes one byte to every 4 KiB
;; contained-if: ok | memory-cap | deadline | fuel
;; returns: u32 <= memory_pages
;; seen-in: FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow
;; reaches: 4096 pages

(module
  (memory (export "memory") 1 4096)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (local.set $at (i32.shl (memory.size) (i32.const 16)))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 4096)))
      (i32.store8 (local.get $at) (i32.const 0x5a))
      (br_if $next (local.get $at)))
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

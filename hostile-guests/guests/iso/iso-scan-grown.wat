;; attack: grows its memory, returns the first non-zero word of what it got, then fills it
;; contained-if: ok | memory-cap
;; returns: bytes 00000000
;; seen-in: FACTS.md#pool-reuse, RUSTSEC-2026-0088
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32) (local $first i32)
    (local.set $at (i32.shl (memory.grow (i32.const 16)) (i32.const 16)))
    (local.set $first (local.get $at))
    (block $found
      (loop $next
        (br_if $found (i32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next
          (i32.lt_u (local.get $at) (i32.shl (memory.size) (i32.const 16)))))
      (local.set $at (local.get $first)))
    (i32.store (i32.const 16) (i32.load (local.get $at)))
    (memory.fill (local.get $first) (i32.const 0xc5) (i32.const 0x100000))
    (i64.const 0x10_00000004)))

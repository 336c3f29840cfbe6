;; attack: returns the first non-zero word of its memory past its own data, then fills all of it
;; contained-if: ok
;; returns: bytes 00000000, with an input of at most 7 KiB
;; seen-in: FACTS.md#pool-reuse, FACTS.md#state-between-calls, RUSTSEC-2022-0098
;; tier: core
;; counterpart: benign-fill

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (local.set $at (i32.const 8192))
    (block $found
      (loop $next
        (br_if $found (i32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))
      (local.set $at (i32.const 8192)))
    (i32.store (i32.const 16) (i32.load (local.get $at)))
    (memory.fill (i32.const 8192) (i32.const 0xc5) (i32.const 57344))
    (i64.const 0x10_00000004)))

;; attack: returns what an earlier call left in memory, then leaves its own input there
;; contained-if: ok
;; returns: bytes 00000000
;; seen-in: FACTS.md#pool-reuse, FACTS.md#state-between-calls, RUSTSEC-2022-0098, RUSTSEC-2026-0088
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (i32.load (i32.const 32768)))
    (if (i32.gt_u (local.get $len) (i32.const 4096))
      (then (local.set $len (i32.const 4096))))
    (memory.copy (i32.const 32768) (local.get $ptr) (local.get $len))
    (i64.const 0x10_00000004)))

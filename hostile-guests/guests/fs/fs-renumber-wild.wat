;; attack: renumbers descriptors that do not exist
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; the host lives
;; seen-in: FACTS.md#file-arguments, RUSTSEC-2025-0046, RUSTSEC-2026-0182
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_renumber"
    (func $fd_renumber (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $fd_renumber (i32.const 1000) (i32.const -1)))
    (i64.const 0x10_00000001)))

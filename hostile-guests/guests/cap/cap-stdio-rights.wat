;; attack: returns the rights of descriptors 0 to 2
;; contained-if: ok | denied | rejected(import)
;; returns: three times 32 bytes: 24 of fdstat and 8 of 00
;; seen-in: FACTS.md#descriptors-and-signals
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_fdstat_get"
    (func $fd_fdstat_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call $fd_fdstat_get (i32.const 0) (i32.const 32)))
    (drop (call $fd_fdstat_get (i32.const 1) (i32.const 64)))
    (drop (call $fd_fdstat_get (i32.const 2) (i32.const 96)))
    (i64.const 0x20_00000060)))

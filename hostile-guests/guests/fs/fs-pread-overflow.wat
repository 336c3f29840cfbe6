;; attack: reads at an offset of 2^63 - 1
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; the host lives
;; seen-in: FACTS.md#file-arguments
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_pread"
    (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "\00\10\00\00\40\00\00\00")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $fd_pread (i32.const 3) (i32.const 64) (i32.const 1) (i64.const 0x7fffffffffffffff)
        (i32.const 80)))
    (i64.const 0x10_00000001)))

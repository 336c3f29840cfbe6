;; attack: seeks before the beginning
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; the host lives
;; seen-in: FACTS.md#file-arguments
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_seek"
    (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $fd_seek (i32.const 3) (i64.const -1) (i32.const 0) (i32.const 80)))
    (i64.const 0x10_00000001)))

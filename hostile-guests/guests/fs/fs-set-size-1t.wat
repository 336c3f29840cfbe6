;; attack: makes a sparse file of 1 TiB
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; no quota is passed
;; seen-in: FACTS.md#file-quotas
;; tier: heavy
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_filestat_set_size"
    (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "big")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 32) (i32.const -1))
    (drop
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 3) (i32.const 1)
        (i64.const 0x400042) (i64.const 0) (i32.const 0) (i32.const 32)))
    (i32.store8 (i32.const 16)
      (call $fd_filestat_set_size (i32.load (i32.const 32)) (i64.const 0x10000000000)))
    (i64.const 0x10_00000001)))

;; attack: makes a symlink to ../canary.txt and opens it
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; nothing outside the directory changes
;; seen-in: FACTS.md#file-escapes
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_symlink"
    (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "../canary.txt")
  (data (i32.const 96) "made")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop
      (call $path_symlink (i32.const 64) (i32.const 13) (i32.const 3) (i32.const 96)
        (i32.const 4)))
    (i32.store8 (i32.const 16)
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 96) (i32.const 4)
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
    (i64.const 0x10_00000001)))

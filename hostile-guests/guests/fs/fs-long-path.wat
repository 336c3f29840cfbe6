;; attack: opens a path of 60000 letters
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00
;; seen-in: FACTS.md#file-arguments
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 4096) (i32.const 0x61) (i32.const 60000))
    (i32.store8 (i32.const 16)
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 4096) (i32.const 60000)
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
    (i64.const 0x10_00000001)))

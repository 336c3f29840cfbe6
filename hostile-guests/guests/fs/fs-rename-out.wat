;; attack: moves hello.txt out of its directory
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; nothing outside the directory changes
;; seen-in: FACTS.md#file-rights, FACTS.md#file-escapes, RUSTSEC-2026-0188
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_rename"
    (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "hello.txt")
  (data (i32.const 96) "../moved.txt")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $path_rename (i32.const 3) (i32.const 64) (i32.const 9) (i32.const 3)
        (i32.const 96) (i32.const 12)))
    (i64.const 0x10_00000001)))

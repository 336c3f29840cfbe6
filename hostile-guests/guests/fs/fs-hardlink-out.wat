;; attack: links ../canary.txt into its own directory
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; nothing outside the directory changes
;; seen-in: FACTS.md#file-escapes
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_link"
    (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "../canary.txt")
  (data (i32.const 96) "hard")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $path_link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 13) (i32.const 3)
        (i32.const 96) (i32.const 4)))
    (i64.const 0x10_00000001)))

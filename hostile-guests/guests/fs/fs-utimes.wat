;; attack: sets the times of hello.txt, where only reading is granted
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00; nothing outside the directory changes
;; seen-in: FACTS.md#file-rights
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_filestat_set_times"
    (func $path_filestat_set_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "hello.txt")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $path_filestat_set_times (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 9)
        (i64.const 0) (i64.const 0) (i32.const 5)))
    (i64.const 0x10_00000001)))

;; attack: makes `depth` directories, each in the one before
;; contained-if: ok | denied | rejected(import) | deadline | fuel
;; returns: u32 of directories, 1 where none may be made
;; seen-in: FACTS.md#file-quotas
;; tier: heavy
;; counterpart: cap-fs-hello
;; params: depth=10000

(module
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "d")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $errno i32) (local $count i32) (local $fd i32)
    (local.set $fd (i32.const 3))
    (loop $more
      (local.set $errno
        (call $path_create_directory (local.get $fd) (i32.const 64) (i32.const 1)))
      (drop
        (call $path_open (local.get $fd) (i32.const 0) (i32.const 64) (i32.const 1)
          (i32.const 2) (i64.const 0x2200) (i64.const 0x2200) (i32.const 0) (i32.const 32)))
      (local.set $fd (i32.load (i32.const 32)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $more
        (i32.and
          (i32.eqz (local.get $errno))
          (i32.lt_u (local.get $count) (i32.const ${depth})))))
    (i32.store (i32.const 16) (local.get $count))
    (i64.const 0x10_00000004)))

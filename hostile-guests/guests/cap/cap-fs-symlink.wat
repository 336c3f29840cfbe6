;; attack: opens link, which the harness plants as a symlink to ../canary.txt
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 0, then nothing; 00 and bytes mean that it read a file
;; seen-in: FACTS.md#file-escapes
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_prestat_get"
    (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "link")

  ;; Opens and reads; the bytes go to 4097, their count to 24.
  (func $try (param $fd i32) (param $path i32) (param $len i32) (result i32)
    (local $errno i32)
    (local.set $errno
      (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len)
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
    (if (local.get $errno)
      (then (return (local.get $errno))))
    (i32.store (i32.const 20) (i32.const 4097))
    (i32.store (i32.const 24) (i32.const 64))
    (drop
      (call $fd_read (i32.load (i32.const 16)) (i32.const 20) (i32.const 1) (i32.const 28)))
    (i32.const 0))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 8192))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $fd i32) (local $errno i32)
    (local.set $errno (i32.const 8))
    (local.set $fd (i32.const 3))
    (block $done
      (loop $next
        (block $skip
          (br_if $skip (call $fd_prestat_get (local.get $fd) (i32.const 32)))
          (local.set $errno (call $try (local.get $fd) (i32.const 64) (i32.const 4)))
          (br_if $done (i32.eqz (local.get $errno))))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br_if $next (i32.le_u (local.get $fd) (i32.const 16)))))
    (i32.store8 (i32.const 4096) (local.get $errno))
    (i64.add
      (i64.const 0x1000_00000001)
      (i64.extend_i32_u (i32.load (i32.const 28))))))

;; attack: passes pointers past its memory to eight WASI functions
;; contained-if: ok | denied | rejected(import) | trap(host-pointer) | trap(other)
;; returns: eight bytes errno; 00 only where a call had nothing to write
;; seen-in: FACTS.md#wasi-pointers
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get"
    (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get"
    (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16) (call $args_sizes_get (i32.const -4) (i32.const -8)))
    (i32.store8 (i32.const 17) (call $environ_get (i32.const 65534) (i32.const 65534)))
    (i32.store8 (i32.const 18)
      (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 65530)))
    (i32.store8 (i32.const 19) (call $random_get (i32.const 65000) (i32.const 1000)))
    (i32.store8 (i32.const 20)
      (call $fd_read (i32.const 0) (i32.const 65532) (i32.const 1) (i32.const 64)))
    (i32.store8 (i32.const 21)
      (call $fd_write (i32.const 1) (i32.const -16) (i32.const 2) (i32.const 64)))
    (i32.store8 (i32.const 22) (call $fd_prestat_get (i32.const 3) (i32.const 65535)))
    (i32.store8 (i32.const 23)
      (call $poll_oneoff (i32.const 65500) (i32.const 0) (i32.const 9) (i32.const 64)))
    (i64.const 0x10_00000008)))

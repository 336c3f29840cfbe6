;; attack: passes odd pointers where WASI wants aligned ones
;; contained-if: ok | denied | rejected(import) | trap(host-pointer) | trap(other)
;; returns: two bytes errno
;; seen-in: FACTS.md#wasi-pointers
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 33)))
    (i32.store8 (i32.const 17) (call $args_sizes_get (i32.const 65) (i32.const 71)))
    (i64.const 0x10_00000002)))

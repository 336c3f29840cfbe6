;; attack: writes terminal control sequences to standard output
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then u32 bytes written; captured, capped and escaped
;; seen-in: FACTS.md#log-volume
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\1b[2Jforged\0d\0a\1b[")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 64) (i32.const 16))
    (i32.store (i32.const 68) (i32.const 14))
    (i32.store8 (i32.const 83)
      (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 84)))
    (i64.const 0x53_00000005)))

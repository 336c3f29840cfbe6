;; attack: reads standard input into a range past its memory
;; contained-if: ok | denied | rejected(import) | trap(host-pointer) | trap(other)
;; returns: byte errno
;; seen-in: FACTS.md#wasi-pointers
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 64) (i32.const 65530))
    (i32.store (i32.const 68) (i32.const 64))
    (i32.store8 (i32.const 16)
      (call $fd_read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 80)))
    (i64.const 0x10_00000001)))

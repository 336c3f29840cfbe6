;; attack: reads standard input
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then nothing: never a byte of the host's input
;; seen-in: FACTS.md#descriptors-and-signals
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 8192))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (i32.const 4097))
    (i32.store (i32.const 20) (i32.const 1024))
    (i32.store8 (i32.const 4096)
      (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
    (i64.add
      (i64.const 0x1000_00000001)
      (i64.extend_i32_u (i32.load (i32.const 24))))))

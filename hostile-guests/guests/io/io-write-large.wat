;; attack: writes `bytes` bytes to standard output in one call
;; contained-if: ok | denied | rejected(import) | deadline | fuel | trap(host-pointer) |
;;   trap(other)
;; returns: byte errno, then u32 bytes that the host took, under its cap
;; seen-in: FACTS.md#wasi-amplification
;; tier: core
;; counterpart: benign-stdout
;; params: bytes=13000000

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 200)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 4096) (i32.const 8192))
    (i32.store (i32.const 4100) (i32.const ${bytes}))
    (i32.store8 (i32.const 16)
      (call $fd_write (i32.const 1) (i32.const 4096) (i32.const 1) (i32.const 17)))
    (i64.const 0x10_00000005)))

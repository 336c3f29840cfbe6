;; attack: writes all 256 bytes to standard output
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then u32 256; captured without a change to any terminal
;; seen-in: FACTS.md#log-injection
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (loop $more
      (i32.store8 offset=8192 (local.get $i) (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 256))))
    (i32.store (i32.const 4096) (i32.const 8192))
    (i32.store (i32.const 4100) (i32.const 256))
    (i32.store8 (i32.const 19)
      (call $fd_write (i32.const 1) (i32.const 4096) (i32.const 1) (i32.const 20)))
    (i64.const 0x13_00000005)))

;; attack: writes the same megabyte 128 times in one call
;; contained-if: ok | denied | rejected(import) | deadline | fuel | trap(host-pointer) |
;;   trap(other)
;; returns: byte errno, then u32 bytes that the host took, under its cap
;; seen-in: FACTS.md#wasi-amplification
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 20)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (loop $more
      (i32.store offset=4096 (i32.shl (local.get $i) (i32.const 3)) (i32.const 16384))
      (i32.store offset=4100 (i32.shl (local.get $i) (i32.const 3)) (i32.const 0x100000))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 128))))
    (i32.store8 (i32.const 16)
      (call $fd_write (i32.const 1) (i32.const 4096) (i32.const 128) (i32.const 17)))
    (i64.const 0x10_00000005)))

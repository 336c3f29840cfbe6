;; attack: reads standard input until a byte comes
;; contained-if: deadline | fuel | denied | rejected(import)
;; seen-in: FACTS.md#blocking-waits
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 64) (i32.const 4096))
    (i32.store (i32.const 68) (i32.const 1))
    (loop $more (result i64)
      (drop (call $fd_read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 80)))
      (br_if $more (i32.eqz (i32.load8_u (i32.const 4096))))
      (i64.const 0x1000_00000001))))

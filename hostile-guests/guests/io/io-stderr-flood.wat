;; attack: writes 120 MiB to standard error, 60 KiB at a time, then spins forever
;; contained-if: deadline | fuel | denied | rejected(import)
;; seen-in: FACTS.md#log-volume
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (i32.store (i32.const 64) (i32.const 4096))
    (i32.store (i32.const 68) (i32.const 61440))
    (loop $forever (result i64)
      (if (i32.lt_u (local.get $i) (i32.const 2048))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (drop (call $fd_write (i32.const 2) (i32.const 64) (i32.const 1) (i32.const 80)))))
      (br $forever))))

;; attack: writes to a file forever
;; contained-if: deadline | fuel | denied | rejected(import) | ok
;; returns: empty; no quota is passed
;; seen-in: FACTS.md#file-quotas
;; tier: heavy
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "big")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 80) (i32.const 4096))
    (i32.store (i32.const 84) (i32.const 61440))
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 3) (i32.const 1)
          (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 32))
      (then (return (i64.const 0))))
    (loop $more
      (br_if $more
        (i32.eqz
          (call $fd_write (i32.load (i32.const 32)) (i32.const 80) (i32.const 1)
            (i32.const 88)))))
    (i64.const 0)))

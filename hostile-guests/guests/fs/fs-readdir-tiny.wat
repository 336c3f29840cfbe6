;; attack: lists its directory with a buffer of 24 bytes and cookie 0 forever
;; contained-if: deadline | fuel | ok | denied | rejected(import)
;; returns: empty, where no directory is granted
;; seen-in: FACTS.md#file-quotas
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "fd_readdir"
    (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $more
      (br_if $more
        (i32.eqz
          (call $fd_readdir (i32.const 3) (i32.const 64) (i32.const 24) (i64.const 0)
            (i32.const 32)))))
    (i64.const 0)))

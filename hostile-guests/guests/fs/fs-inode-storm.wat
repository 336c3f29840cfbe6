;; attack: makes `files` empty files
;; contained-if: ok | denied | rejected(import) | deadline | fuel
;; returns: u32 of files, under a quota
;; seen-in: FACTS.md#file-quotas
;; tier: heavy
;; counterpart: cap-fs-hello
;; params: files=1000000

(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close"
    (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $errno i32) (local $count i32)
    (loop $more
      (i32.store (i32.const 64)
        (i32.add
          (i32.const 0x41414141)
          (i32.and (local.get $count) (i32.const 0x0f0f0f0f))))
      (i32.store (i32.const 68)
        (i32.add
          (i32.const 0x41414141)
          (i32.and (i32.shr_u (local.get $count) (i32.const 4)) (i32.const 0x0f0f0f0f))))
      (local.set $errno
        (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 8)
          (i32.const 1) (i64.const 0x40) (i64.const 0) (i32.const 0) (i32.const 32)))
      (if (i32.eqz (local.get $errno))
        (then
          (drop (call $fd_close (i32.load (i32.const 32))))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $count) (i32.const ${files}))))))
    (i32.store (i32.const 16) (local.get $count))
    (i64.const 0x10_00000004)))

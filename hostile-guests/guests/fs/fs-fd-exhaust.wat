;; attack: opens hello.txt until no descriptor is left
;; contained-if: ok | denied | rejected(import) | deadline | fuel
;; returns: u32 of descriptors, under a quota; the host can still open files
;; seen-in: FACTS.md#file-quotas
;; tier: heavy
;; counterpart: cap-fs-hello
;; params: descriptors=100000

(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "hello.txt")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $errno i32) (local $count i32)
    (loop $more
      (local.set $errno
        (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 9)
          (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
      (if (i32.eqz (local.get $errno))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $count) (i32.const ${descriptors}))))))
    (i32.store (i32.const 16) (local.get $count))
    (i64.const 0x10_00000004)))

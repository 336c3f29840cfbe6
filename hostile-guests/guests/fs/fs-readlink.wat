;; attack: reads where link points to, which may name a path of the host
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno; no absolute path of the host
;; seen-in: FACTS.md#file-escapes
;; tier: core
;; counterpart: cap-fs-hello

(module
  (import "wasi_snapshot_preview1" "path_readlink"
    (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "link")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $path_readlink (i32.const 3) (i32.const 64) (i32.const 4) (i32.const 17)
        (i32.const 40) (i32.const 96)))
    (i64.const 0x10_00000001)))

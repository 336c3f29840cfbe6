;; attack: has the environment written over its own pointers
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, or empty
;; seen-in: FACTS.md#environment-and-arguments
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get"
    (func $environ_get (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (if (call $environ_sizes_get (i32.const 64) (i32.const 68))
      (then (return (i64.const 0))))
    (i32.store8 (i32.const 16) (call $environ_get (i32.const 4096) (i32.const 4096)))
    (i64.const 0x10_00000001)))

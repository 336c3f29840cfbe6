;; attack: sends on descriptor 3
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno other than 00
;; seen-in: FACTS.md#descriptors-and-signals
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "sock_send"
    (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $sock_send (i32.const 3) (i32.const 64) (i32.const 0) (i32.const 0) (i32.const 72)))
    (i64.const 0x10_00000001)))

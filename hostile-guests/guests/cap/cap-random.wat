;; attack: asks for 16 random bytes
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then 16 bytes; a host that denies gives an errno or the same bytes every
;;   time
;; seen-in: FACTS.md#clocks-and-random
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 31) (call $random_get (i32.const 32) (i32.const 16)))
    (i64.const 0x1f_00000011)))

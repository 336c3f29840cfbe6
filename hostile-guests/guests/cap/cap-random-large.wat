;; attack: fills `bytes` bytes of its memory with random bytes in one call
;; contained-if: ok | denied | rejected(import) | deadline | fuel | trap(other)
;; returns: byte errno
;; seen-in: FACTS.md#clocks-and-random
;; tier: core
;; counterpart: benign-stdout
;; params: bytes=12000000

(module
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 200)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16) (call $random_get (i32.const 4096) (i32.const ${bytes})))
    (i64.const 0x10_00000001)))

;; attack: sleeps until a time that is past
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, at once
;; seen-in: FACTS.md#blocking-waits
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const 1))
    (i32.store16 (i32.const 104) (i32.const 1))
    (i32.store8 (i32.const 16)
      (call $poll_oneoff (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 192)))
    (i64.const 0x10_00000001)))

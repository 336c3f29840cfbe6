;; attack: reads the wall clock twice
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then two u64 nanoseconds since 1970; a host that denies gives an errno or
;;   one fixed time
;; seen-in: FACTS.md#clocks-and-random
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 31)
      (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 32)))
    (drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 40)))
    (i64.const 0x1f_00000011)))

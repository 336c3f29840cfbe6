;; attack: asks for the resolution of the wall clock
;; contained-if: ok | denied | rejected(import)
;; returns: byte errno, then u64 nanoseconds, coarse enough as declared
;; seen-in: FACTS.md#clocks-and-random
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "clock_res_get"
    (func $clock_res_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 31) (call $clock_res_get (i32.const 0) (i32.const 32)))
    (i64.const 0x1f_00000009)))

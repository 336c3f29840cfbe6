;; attack: counts the preopened directories among descriptors 3 to 1023
;; contained-if: ok | denied | rejected(import)
;; returns: bytes 00000000; with grants, u32 of their number
;; seen-in: FACTS.md#descriptors-and-signals
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_prestat_get"
    (func $fd_prestat_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $fd i32) (local $count i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (if (i32.eqz (call $fd_prestat_get (local.get $fd) (i32.const 32)))
        (then (local.set $count (i32.add (local.get $count) (i32.const 1)))))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const 1024))))
    (i32.store (i32.const 16) (local.get $count))
    (i64.const 0x10_00000004)))

;; attack: reads the monotonic clock 10000 times and returns the smallest step that it saw
;; contained-if: ok | denied | rejected(import)
;; returns: u64 nanoseconds of the smallest step, all ones when the clock stands
;; seen-in: FACTS.md#clocks-and-random
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $least i64) (local $before i64) (local $step i64) (local $left i32)
    (local.set $least (i64.const -1))
    (local.set $left (i32.const 10000))
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 32)))
    (loop $more
      (local.set $before (i64.load (i32.const 32)))
      (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 32)))
      (local.set $step (i64.sub (i64.load (i32.const 32)) (local.get $before)))
      (if (i32.and
            (i64.ne (local.get $step) (i64.const 0))
            (i64.lt_u (local.get $step) (local.get $least)))
        (then (local.set $least (local.get $step))))
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i64.store (i32.const 16) (local.get $least))
    (i64.const 0x10_00000008)))

;; attack: logs a million lines, then spins forever
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#log-volume
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello from guest")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (loop $forever (result i64)
      (if (i32.lt_u (local.get $i) (i32.const 1000000))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (call $log (i32.const 16) (i32.const 16))))
      (br $forever))))

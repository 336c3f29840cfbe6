;; attack: calls a cheap host function forever
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#cpu-loops
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (call $log (i32.const 16) (i32.const 0))
      (br $forever))))

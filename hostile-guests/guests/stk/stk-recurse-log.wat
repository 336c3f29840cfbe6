;; attack: logs at every level of a recursion without end
;; contained-if: trap(stack) | deadline | fuel
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "deeper")
  (func $down (param $n i32) (result i32)
    (call $log (i32.const 16) (i32.const 6))
    (i32.add (i32.const 1) (call $down (i32.add (local.get $n) (i32.const 1)))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call $down (i32.const 0)))
    (i64.const 0)))

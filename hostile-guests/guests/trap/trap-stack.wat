;; attack: recurses without end
;; contained-if: trap(stack)
;; seen-in: FACTS.md#native-stack, FACTS.md#traps
;; tier: core
;; counterpart: benign-recurse

(module
  (memory (export "memory") 1)
  (func $down (param $n i32) (result i32)
    (i32.add (i32.const 1) (call $down (i32.add (local.get $n) (i32.const 1)))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call $down (i32.const 0)))
    (i64.const 0)))

;; attack: recurses between two functions without end
;; contained-if: trap(stack)
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse

(module
  (memory (export "memory") 1)
  (func $ping (param $n i32) (result i32)
    (i32.add (i32.const 1) (call $pong (i32.add (local.get $n) (i32.const 1)))))
  (func $pong (param $n i32) (result i32)
    (i32.mul (i32.const 3) (call $ping (i32.xor (local.get $n) (i32.const 1)))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call $ping (i32.const 0)))
    (i64.const 0)))

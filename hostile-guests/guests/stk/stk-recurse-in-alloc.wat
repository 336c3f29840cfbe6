;; attack: recurses without end in alloc
;; contained-if: trap(stack)
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse

(module
  (memory (export "memory") 1)
  (func $alloc (export "alloc") (param $len i32) (result i32)
    (i32.add (i32.const 1) (call $alloc (i32.add (local.get $len) (i32.const 1)))))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

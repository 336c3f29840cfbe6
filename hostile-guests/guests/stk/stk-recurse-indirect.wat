;; attack: recurses through a table without end
;; contained-if: trap(stack)
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse

(module
  (memory (export "memory") 1)
  (type $down (func (param i32) (result i32)))
  (table $t funcref (elem $self))
  (func $self (type $down)
    (i32.add (i32.const 1)
      (call_indirect $t (type $down)
        (i32.add (local.get 0) (i32.const 1)) (i32.const 0))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call_indirect $t (type $down) (i32.const 0) (i32.const 0)))
    (i64.const 0)))

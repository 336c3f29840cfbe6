;; attack: tail-calls itself through a table forever
;; contained-if: deadline | fuel | rejected(validate)
;; seen-in: FACTS.md#tail-calls
;; tier: core
;; counterpart: benign-tail
;; features: tail-call

(module
  (memory (export "memory") 1)
  (type $step (func (param i64) (result i64)))
  (table $t funcref (elem $again))
  (func $again (type $step)
    (return_call_indirect $t (type $step)
      (i64.add (local.get 0) (i64.const 1)) (i32.const 0)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (return_call $again (i64.const 0))))

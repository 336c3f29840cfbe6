;; attack: tail-calls itself forever: neither loop nor stack growth
;; contained-if: deadline | fuel | rejected(validate)
;; seen-in: FACTS.md#tail-calls
;; tier: core
;; counterpart: benign-tail
;; features: tail-call

(module
  (memory (export "memory") 1)
  (func $again (param $n i64) (result i64)
    (return_call $again (i64.add (local.get $n) (i64.const 1))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (return_call $again (i64.const 0))))

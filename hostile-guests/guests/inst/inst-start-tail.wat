;; attack: tail-calls itself forever in its start function
;; contained-if: deadline | fuel | rejected(validate) | rejected(static-limit) |
;;   rejected(instantiate)
;; seen-in: FACTS.md#start-functions, FACTS.md#tail-calls
;; tier: core
;; counterpart: benign-start
;; features: tail-call

(module
  (memory (export "memory") 1)
  (func $start (return_call $start))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

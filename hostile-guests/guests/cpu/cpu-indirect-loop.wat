;; attack: calls an empty function through a table forever
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#cpu-loops
;; tier: core
;; counterpart: benign-indirect

(module
  (memory (export "memory") 1)
  (table $t funcref (elem $nothing))
  (func $nothing)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (call_indirect $t (i32.const 0))
      (br $forever))))

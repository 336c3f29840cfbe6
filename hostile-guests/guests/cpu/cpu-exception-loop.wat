;; attack: throws and catches an exception forever
;; contained-if: deadline | fuel | rejected(validate)
;; seen-in: FACTS.md#cpu-loops, FACTS.md#fuel-prices
;; tier: core
;; counterpart: benign-loop
;; features: exceptions

(module
  (memory (export "memory") 1)
  (tag $oops)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (block $caught
        (try_table (catch_all $caught)
          (throw $oops)))
      (br $forever))))

;; attack: spins forever beside other tenants and does arithmetic all the while
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#noisy-neighbours
;; tier: core
;; counterpart: benign-loop

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x i64)
    (loop $forever (result i64)
      (local.set $x
        (i64.add (i64.mul (local.get $x) (i64.const 6364136223846793005)) (i64.const 1)))
      (i64.store (i32.const 16) (local.get $x))
      (br $forever))))

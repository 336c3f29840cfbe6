;; attack: spins forever in _initialize
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#initializers
;; tier: core
;; counterpart: benign-init

(module
  (memory (export "memory") 1)
  (func (export "_initialize") (loop $forever (br $forever)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

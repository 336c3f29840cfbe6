;; attack: spins forever in alloc
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-loop

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32)
    (loop $forever (result i32) (br $forever)))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: waits forever for a notification in a shared memory
;; contained-if: deadline | fuel | rejected(validate) | rejected(static-limit) |
;;   rejected(instantiate)
;; seen-in: FACTS.md#blocking-waits
;; tier: core
;; counterpart: benign-tiny
;; features: threads

(module
  (memory $shared (export "memory") 1 1 shared)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop
      (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0) (i64.const -1)))
    (i64.const 0)))

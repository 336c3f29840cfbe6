;; attack: copies its memory onto itself one byte further, forever
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#bulk-operations, GHSA-2hw9-mc66-jc2q
;; tier: core
;; counterpart: benign-fill
;; params: pages=64

(module
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (memory.copy (i32.const 1) (i32.const 0)
        (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1)))
      (br $forever))))

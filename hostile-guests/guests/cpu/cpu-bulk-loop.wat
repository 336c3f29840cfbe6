;; attack: fills its whole memory in a loop forever
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
      (memory.fill (i32.const 0) (i32.const 0x5a) (i32.shl (memory.size) (i32.const 16)))
      (br $forever))))

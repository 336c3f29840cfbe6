;; attack: fills its whole memory in one instruction, which no engine interrupts
;; contained-if: ok | deadline | fuel | rejected(instantiate)
;; returns: bytes 5a5a5a5a
;; seen-in: FACTS.md#bulk-operations, GHSA-2hw9-mc66-jc2q
;; tier: core
;; counterpart: benign-fill
;; params: pages=256

(module
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 0) (i32.const 0x5a) (i32.shl (memory.size) (i32.const 16)))
    (i64.const 0x10_00000004)))

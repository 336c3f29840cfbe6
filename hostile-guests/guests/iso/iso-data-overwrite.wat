;; attack: overwrites its own data segment after returning what it held
;; contained-if: ok
;; returns: bytes 6d696e65
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 32) "mine")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (i32.load (i32.const 32)))
    (i32.store (i32.const 32) (i32.const -1))
    (i64.const 0x10_00000004)))

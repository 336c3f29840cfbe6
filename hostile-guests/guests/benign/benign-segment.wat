;; attack: uses a passive data segment and keeps it
;; contained-if: ok
;; returns: bytes 6f6e6365
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (data $d "once")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.init $d (i32.const 16) (i32.const 0) (i32.const 4))
    (i64.const 0x10_00000004)))

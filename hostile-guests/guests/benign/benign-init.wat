;; attack: writes four bytes in _initialize and returns them
;; contained-if: ok
;; returns: bytes 696e6974; bytes 00000000 would show a host that forgot _initialize
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "_initialize") (i32.store (i32.const 16) (i32.const 0x74696e69)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

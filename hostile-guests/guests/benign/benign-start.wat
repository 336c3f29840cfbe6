;; attack: writes four bytes in its start function and returns them
;; contained-if: ok
;; returns: bytes 73746174
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func $start (i32.store (i32.const 16) (i32.const 0x74617473)))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

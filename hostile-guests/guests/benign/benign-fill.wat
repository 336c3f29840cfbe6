;; attack: fills one page and copies half of it over the other
;; contained-if: ok
;; returns: bytes 5a5a5a5a
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 65536))
    (memory.copy (i32.const 0) (i32.const 32768) (i32.const 32768))
    (i64.const 0x10_00000004)))

;; attack: grows a 64-bit memory by 2^32 pages
;; contained-if: ok | memory-cap | rejected(validate)
;; returns: bytes ffffffffffffffff
;; seen-in: FACTS.md#proposals
;; tier: core
;; counterpart: benign-grow
;; features: memory64

(module
  (memory (export "memory") i64 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.store (i64.const 16) (memory.grow (i64.const 0x100000000)))
    (i64.const 0x10_00000008)))

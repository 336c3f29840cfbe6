;; attack: makes a thousand tail calls
;; contained-if: ok | rejected(validate)
;; returns: bytes e8030000
;; seen-in: FACTS.md#counterparts
;; tier: core
;; features: tail-call

(module
  (memory (export "memory") 1)
  (func $count (param $n i32) (result i32)
    (if (i32.ge_u (local.get $n) (i32.const 1000))
      (then (return (local.get $n))))
    (return_call $count (i32.add (local.get $n) (i32.const 1))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (call $count (i32.const 0)))
    (i64.const 0x10_00000004)))

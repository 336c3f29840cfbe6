;; attack: recurses 100 deep
;; contained-if: ok
;; returns: bytes 64000000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func $down (param $depth i32) (result i32)
    (if (result i32) (i32.eqz (local.get $depth))
      (then (i32.const 0))
      (else
        (i32.add (i32.const 1)
          (call $down (i32.sub (local.get $depth) (i32.const 1)))))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (call $down (i32.const 100)))
    (i64.const 0x10_00000004)))

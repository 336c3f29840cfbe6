;; attack: divides by a number that is put in the place of zero by select and eqz
;; contained-if: ok
;; returns: bytes 0000000003000000
;; seen-in: FACTS.md#drawn-modules
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $zero i32) (local $five i32)
    (local.set $five (i32.const 5))
    (i32.store (i32.const 16)
      (i32.div_s (i32.const 0)
        (select (i32.const 1) (local.get $zero) (i32.eqz (local.get $zero)))))
    (i32.store (i32.const 20)
      (i32.div_s (i32.const 15)
        (select (i32.const 1) (local.get $five) (i32.eqz (local.get $five)))))
    (i64.const 0x10_00000008)))

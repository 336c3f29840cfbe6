;; attack: mixes integers through every bit operation for 1000 rounds
;; contained-if: ok
;; returns: bytes b3290c7c28e948f1
;; seen-in: FACTS.md#miscompilations
;; tier: core
;; counterpart: benign-math

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x i64) (local $i i32)
    (local.set $x (i64.const 0x0123456789abcdef))
    (loop $more
      (local.set $x
        (i64.xor
          (i64.mul (local.get $x) (i64.const 0x9e3779b97f4a7c15))
          (i64.rotl (local.get $x) (i64.popcnt (local.get $x)))))
      (local.set $x
        (i64.add (local.get $x)
          (i64.sub (i64.clz (local.get $x)) (i64.ctz (local.get $x)))))
      (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 29))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 1000))))
    (i64.store (i32.const 16) (local.get $x))
    (i64.const 0x10_00000008)))

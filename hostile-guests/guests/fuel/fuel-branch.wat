;; attack: branches `times` times and does nothing else
;; contained-if: ok | fuel | deadline
;; returns: input
;; seen-in: FACTS.md#fuel-prices
;; tier: core
;; counterpart: benign-loop
;; params: times=1000000

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.const ${times}))
    (loop $more
      (nop)
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

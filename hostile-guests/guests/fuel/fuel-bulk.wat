;; attack: fills its memory `times` times: bytes that fuel must count
;; contained-if: ok | fuel | deadline
;; returns: bytes 5a5a5a5a
;; seen-in: FACTS.md#fuel-of-bulk-operations
;; tier: core
;; counterpart: benign-fill
;; params: pages=64, times=100

(module
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.const ${times}))
    (loop $more
      (memory.fill (i32.const 0) (i32.const 0x5a) (i32.shl (memory.size) (i32.const 16)))
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i64.const 0x10_00000004)))

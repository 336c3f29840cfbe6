;; attack: runs `iterations` steps of arithmetic, to end shortly before a deadline
;; contained-if: ok
;; returns: u32 == x after iterations times x = x * 1664525 + 1013904223 from x = 1
;; seen-in: FACTS.md#close-to-the-deadline
;; tier: core
;; params: iterations=100000

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.const ${iterations}))
    (i32.store (i32.const 16) (i32.const 1))
    (loop $more
      (i32.store (i32.const 16)
        (i32.add
          (i32.mul (i32.load (i32.const 16)) (i32.const 1664525))
          (i32.const 1013904223)))
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i64.const 0x10_00000004)))

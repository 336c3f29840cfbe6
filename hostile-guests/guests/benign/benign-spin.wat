;; attack: runs as many steps of arithmetic through memory as the input, a u32, says
;; contained-if: ok
;; returns: u32 == x after N times x = x * 1664525 + 1013904223 from x = 1
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.load (local.get $ptr)))
    (i32.store (i32.const 16) (i32.const 1))
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $left)))
        (i32.store (i32.const 16)
          (i32.add
            (i32.mul (i32.load (i32.const 16)) (i32.const 1664525))
            (i32.const 1013904223)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $more)))
    (i64.const 0x10_00000004)))

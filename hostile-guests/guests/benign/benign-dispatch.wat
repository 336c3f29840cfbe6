;; attack: dispatches a hundred steps through a br_table
;; contained-if: ok
;; returns: bytes 4f0e0000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32) (local $sum i32)
    (loop $next
      (block $done
        (block $two
          (block $one
            (block $zero
              (br_table $zero $one $two $done
                (i32.rem_u (local.get $i) (i32.const 3))))
            (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
            (br $done))
          (local.set $sum (i32.add (local.get $sum) (i32.const 10)))
          (br $done))
        (local.set $sum (i32.add (local.get $sum) (i32.const 100))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 99))))
    (i32.store (i32.const 16) (local.get $sum))
    (i64.const 0x10_00000004)))

;; attack: grows a table of 10 by 10, once, within limits
;; contained-if: ok
;; returns: bytes 14000000
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  (table $t 10 100 funcref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.lt_u (table.size $t) (i32.const 20))
      (then
        (if (i32.eq (i32.const -1)
              (table.grow $t (ref.null func) (i32.const 10)))
          (then (unreachable)))))
    (if (i32.eqz (ref.is_null (table.get $t (i32.const 19))))
      (then (unreachable)))
    (i32.store (i32.const 16) (table.size $t))
    (i64.const 0x10_00000004)))

;; attack: returns its input, whatever its length
;; contained-if: ok
;; returns: input
;; seen-in: FACTS.md#counterparts
;; tier: core

(module
  (memory (export "memory") 1)
  ;; Input goes to 1024; the memory grows when it does not fit.
  (func (export "alloc") (param $len i32) (result i32)
    (local $pages i64)
    (local.set $pages
      (i64.shr_u
        (i64.add (i64.extend_i32_u (local.get $len)) (i64.const 66559))
        (i64.const 16)))
    (if (i64.gt_u (local.get $pages) (i64.extend_i32_u (memory.size)))
      (then
        (if (i32.eq (i32.const -1)
              (memory.grow
                (i32.sub (i32.wrap_i64 (local.get $pages)) (memory.size))))
          (then (unreachable)))))
    (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: runs an interpreter loop that dispatches every step through a br_table
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#cpu-loops
;; tier: core
;; counterpart: benign-dispatch

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $x i32)
    (loop $next (result i64)
      (local.set $x
        (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (block $default
        (block $c
          (block $b
            (block $a
              (br_table $a $b $c $next $a $c $b $default
                (i32.shr_u (local.get $x) (i32.const 29))))
            (i32.store (i32.const 16) (local.get $x))
            (br $next))
          (i32.store (i32.const 20) (local.get $x))
          (br $next))
        (i32.store (i32.const 24) (local.get $x))
        (br $next))
      (br $next))))

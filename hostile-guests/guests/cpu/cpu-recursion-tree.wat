;; attack: computes the 60th Fibonacci number by plain recursion: no loop
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#calls-without-loops
;; tier: core
;; counterpart: benign-calls

(module
  (memory (export "memory") 1)
  (func $fib (param $n i64) (result i64)
    (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
      (then (local.get $n))
      (else
        (i64.add
          (call $fib (i64.sub (local.get $n) (i64.const 1)))
          (call $fib (i64.sub (local.get $n) (i64.const 2)))))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.store (i32.const 16) (call $fib (i64.const 60)))
    (i64.const 0x10_00000008)))

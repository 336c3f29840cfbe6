;; attack: traps `depth` frames deep, so that a backtrace is long
;; contained-if: trap(unreachable) | trap(stack)
;; seen-in: FACTS.md#trap-backtraces
;; tier: core
;; counterpart: benign-recurse
;; params: depth=100000

(module
  (memory (export "memory") 1)
  (func $down (param $n i32) (result i32)
    (if (i32.eqz (local.get $n))
      (then (unreachable)))
    (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (call $down (i32.const ${depth})))
    (i64.const 0)))

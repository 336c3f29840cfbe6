;; attack: recurses `depth` deep and there calls the host, which needs stack of its own
;; contained-if: trap(stack) | ok
;; returns: input
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse
;; params: depth=5000

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "deep")
  (func $down (param $n i32)
    (if (i32.eqz (local.get $n))
      (then
        (call $log (i32.const 16) (i32.const 4))
        (return)))
    (call $down (i32.sub (local.get $n) (i32.const 1)))
    (i32.store (i32.const 32) (local.get $n)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $down (i32.const ${depth}))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

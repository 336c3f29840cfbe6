;; attack: recurses until the input, a u32, is counted down, and returns how deep it came
;; contained-if: ok | trap(stack)
;; returns: input
;; seen-in: FACTS.md#native-stack, FACTS.md#floating-point
;; tier: core
;; counterpart: benign-recurse

(module
  (memory (export "memory") 1)
  (global $depth (mut i32) (i32.const 0))
  (func $down (param $left i32)
    (if (i32.eqz (local.get $left))
      (then (return)))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (call $down (i32.sub (local.get $left) (i32.const 1)))
    (i32.store (i32.const 32) (local.get $left)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (global.set $depth (i32.const 0))
    (call $down (i32.load (local.get $ptr)))
    (i32.store (i32.const 16) (global.get $depth))
    (i64.const 0x10_00000004)))

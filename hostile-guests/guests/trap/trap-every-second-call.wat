;; attack: traps on every second call of an instance, so never where calls share none
;; contained-if: ok
;; returns: bytes 6f6e6365
;; seen-in: FACTS.md#traps
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (data (i32.const 16) "once")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.eqz (i32.rem_u (global.get $calls) (i32.const 2)))
      (then (unreachable)))
    (i64.const 0x10_00000004)))

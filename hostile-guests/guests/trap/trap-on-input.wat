;; attack: traps when the input is "trap", else returns it
;; contained-if: ok | trap(unreachable)
;; returns: input
;; seen-in: FACTS.md#traps, FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.ge_u (local.get $len) (i32.const 4))
      (then
        (if (i32.eq (i32.load (local.get $ptr)) (i32.const 0x70617274))
          (then (unreachable)))))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

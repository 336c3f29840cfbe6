;; attack: leaves a canary and traps on the input "trap", else returns what is left of one
;; contained-if: ok | trap(unreachable)
;; returns: bytes 00000000
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.ge_u (local.get $len) (i32.const 4))
      (then
        (if (i32.eq (i32.load (local.get $ptr)) (i32.const 0x70617274))
          (then
            (i32.store (i32.const 16) (i32.const 0xc0ffee11))
            (unreachable)))))
    (i64.const 0x10_00000004)))

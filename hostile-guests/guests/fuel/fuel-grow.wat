;; attack: grows by no pages `times` times: host work that is charged as one instruction
;; contained-if: ok | fuel | deadline
;; returns: bytes 01000000
;; seen-in: FACTS.md#fuel-prices
;; tier: core
;; counterpart: benign-grow
;; params: times=100000

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.const ${times}))
    (loop $more
      (drop (memory.grow (i32.const 0)))
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

;; attack: runs `times` steps in its start function
;; contained-if: ok | fuel | deadline | rejected(static-limit) | rejected(instantiate)
;; returns: bytes 646f6e65
;; seen-in: FACTS.md#fuel-prices
;; tier: core
;; counterpart: benign-start
;; params: times=1000000

(module
  (memory (export "memory") 1)
  (data (i32.const 16) "done")
  (func $start (local $left i32)
    (local.set $left (i32.const ${times}))
    (loop $more
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000004)))

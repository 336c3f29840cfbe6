;; attack: makes 4 million cycles of garbage, which counting references does not free, then spins
;;   forever
;; contained-if: deadline | fuel | memory-cap | trap(other) | rejected(validate)
;; seen-in: FACTS.md#gc-heap
;; tier: core
;; counterpart: benign-loop
;; features: gc

(module
  (memory (export "memory") 1)
  (type $node (struct (field (mut (ref null $node)))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $a (ref null $node)) (local $i i32)
    (loop $forever (result i64)
      (if (i32.lt_u (local.get $i) (i32.const 4000000))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (local.set $a (struct.new $node (ref.null $node)))
          (struct.set $node 0 (local.get $a) (local.get $a))))
      (br $forever))))

;; attack: links up to `nodes` nodes of 16 bytes in the garbage-collected heap
;; contained-if: memory-cap | deadline | fuel | trap(other) | ok | rejected(validate)
;; returns: u32 == nodes, only where the cap holds them
;; seen-in: FACTS.md#gc-heap
;; tier: core
;; counterpart: benign-tiny
;; params: nodes=4000000
;; features: gc

(module
  (memory (export "memory") 1)
  (type $node (struct (field i64) (field (ref null $node))))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32) (local $list (ref null $node))
    (loop $more
      (local.set $list
        (struct.new $node (i64.extend_i32_u (local.get $i)) (local.get $list)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const ${nodes}))))
    (i32.store (i32.const 16) (local.get $i))
    (i64.const 0x10_00000004)))

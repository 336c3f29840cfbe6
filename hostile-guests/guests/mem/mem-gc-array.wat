;; attack: allocates one array of `length` bytes in the garbage-collected heap
;; contained-if: ok | memory-cap | deadline | fuel | trap(other) | rejected(validate)
;; returns: u32 == length, only where the cap holds it
;; seen-in: FACTS.md#gc-heap
;; tier: core
;; counterpart: benign-tiny
;; params: length=64000000
;; features: gc

(module
  (memory (export "memory") 1)
  (type $bytes (array (mut i8)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (array.len (array.new_default $bytes (i32.const ${length}))))
    (i64.const 0x10_00000004)))

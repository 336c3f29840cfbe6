;; attack: allocates and drops 256 MiB in arrays of 64 KiB, then spins forever
;; contained-if: deadline | fuel | memory-cap | trap(other) | rejected(validate)
;; seen-in: FACTS.md#gc-heap
;; tier: core
;; counterpart: benign-loop
;; features: gc

(module
  (memory (export "memory") 1)
  (type $bytes (array (mut i8)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (loop $forever (result i64)
      (if (i32.lt_u (local.get $i) (i32.const 4096))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (drop (array.new_default $bytes (i32.const 65536)))))
      (br $forever))))

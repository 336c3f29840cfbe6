;; attack: counts through eight nested loops of 2^32 steps each
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#cpu-loops
;; tier: core
;; counterpart: benign-loop

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i0 i32) (local $i1 i32) (local $i2 i32) (local $i3 i32)
    (local $i4 i32) (local $i5 i32) (local $i6 i32) (local $i7 i32)
    (loop $l0
      (loop $l1
        (loop $l2
          (loop $l3
            (loop $l4
              (loop $l5
                (loop $l6
                  (loop $l7
                    (i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (i64.const 1)))
                    (local.set $i7 (i32.add (local.get $i7) (i32.const 1)))
                    (br_if $l7 (local.get $i7)))
                  (local.set $i6 (i32.add (local.get $i6) (i32.const 1)))
                  (br_if $l6 (local.get $i6)))
                (local.set $i5 (i32.add (local.get $i5) (i32.const 1)))
                (br_if $l5 (local.get $i5)))
              (local.set $i4 (i32.add (local.get $i4) (i32.const 1)))
              (br_if $l4 (local.get $i4)))
            (local.set $i3 (i32.add (local.get $i3) (i32.const 1)))
            (br_if $l3 (local.get $i3)))
          (local.set $i2 (i32.add (local.get $i2) (i32.const 1)))
          (br_if $l2 (local.get $i2)))
        (local.set $i1 (i32.add (local.get $i1) (i32.const 1)))
        (br_if $l1 (local.get $i1)))
      (local.set $i0 (i32.add (local.get $i0) (i32.const 1)))
      (br_if $l0 (local.get $i0)))
    (i64.const 0x10_00000004)))

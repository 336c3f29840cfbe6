;; attack: grows a table of host references by `step` elements `steps` times
;; contained-if: ok | memory-cap | deadline | fuel | rejected(static-limit) | rejected(validate)
;; returns: u32 <= table_elements
;; seen-in: FACTS.md#table-growth
;; tier: core
;; counterpart: benign-table
;; params: step=250000, steps=4
;; reaches: 1000000 elements

(module
  (memory (export "memory") 1)
  (table $t 0 externref)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32)
    (block $refused
      (loop $more
        (br_if $refused
          (i32.eq (i32.const -1)
            (table.grow $t (ref.null extern) (i32.const ${step}))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $i) (i32.const ${steps})))))
    (i32.store (i32.const 16) (table.size $t))
    (i64.const 0x10_00000004)))

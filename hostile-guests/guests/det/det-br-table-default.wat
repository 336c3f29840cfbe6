;; attack: takes the default of a br_table with an index of minus one
;; contained-if: ok
;; returns: bytes 64666c74
;; seen-in: FACTS.md#miscompilations
;; tier: core
;; counterpart: benign-dispatch

(module
  (memory (export "memory") 1)
  (data (i32.const 16) "dflt")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (block $default
      (block $zero
        (br_table $zero $default (i32.const -1)))
      (return (i64.const 0)))
    (i64.const 0x10_00000004)))

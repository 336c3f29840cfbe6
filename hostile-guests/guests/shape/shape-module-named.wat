;; attack: has a name section that names the module as other modules are named
;; contained-if: ok
;; returns: input
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-echo

(module $main
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

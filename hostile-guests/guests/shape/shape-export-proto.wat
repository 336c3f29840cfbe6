;; attack: exports the names of JavaScript object properties beside the ABI
;; contained-if: ok
;; returns: input
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-echo

(module
  (memory (export "memory") 1)
  (func (export "__proto__"))
  (func (export "constructor"))
  (func (export "toString"))
  (func (export "then"))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

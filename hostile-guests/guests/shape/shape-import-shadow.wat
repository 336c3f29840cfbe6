;; attack: exports a function of its own as log
;; contained-if: ok
;; returns: input
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-log

(module
  (memory (export "memory") 1)
  (func (export "log") (param i32 i32) (unreachable))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

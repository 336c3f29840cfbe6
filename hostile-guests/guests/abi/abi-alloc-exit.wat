;; attack: exits with status 0 in alloc
;; contained-if: guest-error | denied | rejected(import)
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32)
    (call $proc_exit (i32.const 0))
    (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

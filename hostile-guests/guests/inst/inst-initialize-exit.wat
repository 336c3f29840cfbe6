;; attack: exits with status 0 in _initialize
;; contained-if: guest-error | denied | rejected(import)
;; seen-in: FACTS.md#initializers
;; tier: core
;; counterpart: benign-init

(module
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (call $proc_exit (i32.const 0)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

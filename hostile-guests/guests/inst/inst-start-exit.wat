;; attack: exits with status 0 in its start function
;; contained-if: guest-error | denied | rejected(import) | rejected(static-limit) |
;;   rejected(instantiate)
;; seen-in: FACTS.md#start-functions
;; tier: core
;; counterpart: benign-start

(module
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $start (call $proc_exit (i32.const 0)))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0)))

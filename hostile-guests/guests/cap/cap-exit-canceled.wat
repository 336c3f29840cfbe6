;; attack: exits with the status that wazero uses for a cancelled context
;; contained-if: guest-error | denied | rejected(import) | trap(other)
;; seen-in: FACTS.md#exit-codes
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $proc_exit (i32.const 0xffffffff))
    (i64.const 0)))

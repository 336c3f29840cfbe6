;; attack: calls WASI in its start function and exports no memory
;; contained-if: rejected(export) | rejected(import) | rejected(instantiate)
;; seen-in: FACTS.md#wasi-without-memory
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func $start
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0))))
  (start $start)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

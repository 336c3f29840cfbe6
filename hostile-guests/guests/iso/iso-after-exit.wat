;; attack: leaves a canary and exits on the input "exit", else returns what is left of one
;; contained-if: ok | guest-error | denied | rejected(import)
;; returns: bytes 00000000
;; seen-in: FACTS.md#state-between-calls
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.ge_u (local.get $len) (i32.const 4))
      (then
        (if (i32.eq (i32.load (local.get $ptr)) (i32.const 0x74697865))
          (then
            (i32.store (i32.const 16) (i32.const 0xc0ffee11))
            (call $proc_exit (i32.const 0))))))
    (i64.const 0x10_00000004)))

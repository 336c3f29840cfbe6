;; attack: accepts a connection on descriptors 3 to 8
;; contained-if: ok | denied | rejected(import)
;; returns: six bytes errno, none of them 00
;; seen-in: FACTS.md#descriptors-and-signals
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "sock_accept"
    (func $sock_accept (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $fd i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (i32.store8 offset=13 (local.get $fd)
        (call $sock_accept (local.get $fd) (i32.const 0) (i32.const 32)))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $fd) (i32.const 8))))
    (i64.const 0x10_00000006)))

;; attack: returns the arguments, one a line
;; contained-if: ok | denied | rejected(import)
;; returns: empty; with a grant, exactly the granted arguments, one a line
;; seen-in: FACTS.md#environment-and-arguments
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param i32 i32) (result i32)))
  (memory (export "memory") 5)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $i i32) (local $size i32)
    (if (call $args_sizes_get (i32.const 16) (i32.const 20))
      (then (return (i64.const 0))))
    (local.set $size (i32.load (i32.const 20)))
    (if (call $args_get (i32.const 4096) (i32.const 65536))
      (then (return (i64.const 0))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $size)))
        (if (i32.eqz (i32.load8_u offset=65536 (local.get $i)))
          (then (i32.store8 offset=65536 (local.get $i) (i32.const 10))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i64.or (i64.const 0x00010000_00000000) (i64.extend_i32_u (local.get $size)))))

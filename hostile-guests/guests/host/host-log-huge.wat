;; attack: logs its whole memory of 1 MiB as one record
;; contained-if: ok | trap(host-pointer) | guest-error
;; returns: input; one log record, cut at the cap of the host
;; seen-in: FACTS.md#log-volume
;; tier: core
;; counterpart: benign-log

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 16)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $log (i32.const 0) (i32.const 0x100000))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

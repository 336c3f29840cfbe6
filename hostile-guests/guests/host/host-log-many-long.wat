;; attack: logs 4096 bytes `count` times
;; contained-if: ok | deadline | fuel
;; returns: input; bounded log bytes
;; seen-in: FACTS.md#log-volume
;; tier: core
;; counterpart: benign-log
;; params: count=20000

(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $left i32)
    (local.set $left (i32.const ${count}))
    (memory.fill (i32.const 4096) (i32.const 0x61) (i32.const 4096))
    (loop $more
      (call $log (i32.const 4096) (i32.const 4096))
      (br_if $more
        (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

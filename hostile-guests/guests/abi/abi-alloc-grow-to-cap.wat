;; attack: grows its memory to the cap, or to 256 MiB, in alloc
;; contained-if: ok | memory-cap
;; returns: input
;; seen-in: FACTS.md#alloc-and-free
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1 4096)
  (func (export "alloc") (param $len i32) (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

;; attack: declares a first memory of `pages` pages, 256 MiB, in a tiny module
;; contained-if: memory-cap | rejected(static-limit) | rejected(instantiate)
;; seen-in: FACTS.md#memory-minimum
;; tier: core
;; counterpart: benign-tiny
;; params: pages=4096
;; reaches: 4096 pages

(module
  (memory (export "memory") ${pages})
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.or
          (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
          (i64.extend_i32_u (local.get $len)))))

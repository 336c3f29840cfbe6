;; attack: grows its memory in its start function until refused, to 256 MiB at most
;; contained-if: ok | memory-cap | rejected(static-limit)
;; returns: u32 <= memory_pages
;; seen-in: FACTS.md#start-functions
;; tier: core
;; counterpart: benign-start
;; reaches: 4096 pages

(module
  (memory (export "memory") 1 4096)
  (func $start
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

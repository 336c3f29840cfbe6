;; attack: grows its memory by `pages` pages in its start function, then counts them
;; contained-if: ok | memory-cap | rejected(static-limit)
;; returns: u32 <= memory_pages
;; seen-in: FACTS.md#memory-growth, FACTS.md#start-functions
;; tier: core
;; counterpart: benign-start
;; params: pages=4096
;; reaches: 4097 pages

(module
  (memory (export "memory") 1)
  (func $start (drop (memory.grow (i32.const ${pages}))))
  (start $start)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store (i32.const 16) (memory.size))
    (i64.const 0x10_00000004)))

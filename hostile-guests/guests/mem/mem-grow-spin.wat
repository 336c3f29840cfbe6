;; attack: asks for one more page forever, however often refused, of 256 MiB at most
;; contained-if: deadline | fuel | memory-cap
;; seen-in: FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1 4096)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (drop (memory.grow (i32.const 1)))
      (br $forever))))

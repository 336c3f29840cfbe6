;; attack: asks for no pages forever, each time through the host
;; contained-if: deadline | fuel
;; seen-in: FACTS.md#cpu-loops, FACTS.md#memory-growth
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (drop (memory.grow (i32.const 0)))
      (br $forever))))

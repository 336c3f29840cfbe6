;; attack: yields forever
;; contained-if: deadline | fuel | denied | rejected(import)
;; seen-in: FACTS.md#cpu-loops
;; tier: core
;; counterpart: benign-stdout

(module
  (import "wasi_snapshot_preview1" "sched_yield"
    (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (loop $forever (result i64)
      (drop (call $sched_yield))
      (br $forever))))

;; attack: has a memory of exactly 4 GiB and reads at 8 and at its last word
;; contained-if: ok | memory-cap | rejected(static-limit) | rejected(instantiate)
;; returns: bytes 65646765
;; seen-in: FACTS.md#full-memory
;; tier: heavy
;; counterpart: benign-memory

(module
  (memory (export "memory") 65536)
  (data (i32.const 16) "edge")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (drop (i32.load (i32.const 8)))
    (drop (i32.load (i32.const 0xfffffffc)))
    (i64.const 0x10_00000004)))

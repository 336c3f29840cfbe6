;; attack: exports process with a Cyrillic o
;; contained-if: rejected(export)
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "pr\d0\becess") (param i32 i32) (result i64) (i64.const 0)))

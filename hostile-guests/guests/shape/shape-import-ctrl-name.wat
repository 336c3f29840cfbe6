;; attack: imports names with line ends, escapes, NUL and a right-to-left override
;; contained-if: rejected(import)
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-tiny

(module
  (import "env\0a\1b[2J" "lo\00g\e2\80\ae" (func))
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0)))

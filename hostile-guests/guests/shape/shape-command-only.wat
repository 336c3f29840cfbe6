;; attack: is a command: exports memory and _start only
;; contained-if: rejected(export)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (func (export "_start")))

;; attack: returns `length` bytes from 4096 on
;; contained-if: ok | guest-error
;; returns: length bytes 5a, only where the output cap allows them
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-fill
;; params: length=1048576

(module
  (memory (export "memory") 32)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (memory.fill (i32.const 4096) (i32.const 0x5a) (i32.const ${length}))
    (i64.or (i64.const 0x1000_00000000) (i64.const ${length}))))

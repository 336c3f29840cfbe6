;; attack: has data in the first and in the last byte of `pages` pages
;; contained-if: ok
;; returns: bytes 617a
;; seen-in: FACTS.md#active-segments
;; tier: core
;; counterpart: benign-tiny
;; params: pages=256, last=16777215

(module
  (memory (export "memory") ${pages})
  (data (i32.const 16) "a")
  (data (i32.const ${last}) "z")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 17)
      (i32.load8_u
        (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
    (i64.const 0x10_00000002)))

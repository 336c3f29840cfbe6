;; attack: returns JSON with a key twice
;; contained-if: ok
;; returns: bytes 7b226f7574636f6d65223a2274726170222c226f7574636f6d65223a226f6b227d
;; seen-in: FACTS.md#hostile-output
;; tier: core
;; counterpart: benign-tiny

(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "{\22outcome\22:\22trap\22,\22outcome\22:\22ok\22}")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i64.const 0x10_00000021)))

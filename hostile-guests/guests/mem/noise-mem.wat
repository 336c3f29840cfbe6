;; attack: grows to the cap, or to 256 MiB, and writes to every 4 KiB of it forever, beside
;;   other tenants
;; contained-if: deadline | fuel | memory-cap
;; seen-in: FACTS.md#noisy-neighbours
;; tier: core
;; counterpart: benign-grow

(module
  (memory (export "memory") 1 4096)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (loop $forever (result i64)
      (i32.store8 (local.get $at) (i32.const 0x5a))
      (local.set $at
        (i32.rem_u
          (i32.add (local.get $at) (i32.const 4096))
          (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
      (br $forever))))

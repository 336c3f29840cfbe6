;; attack: polls for `count` clocks at once, whose list lies in its memory
;; contained-if: ok | denied | rejected(import) | deadline | fuel | trap(host-pointer) |
;;   trap(other)
;; returns: byte errno; the host keeps no copy of the list
;; seen-in: FACTS.md#wasi-amplification, RUSTSEC-2026-0020
;; tier: core
;; counterpart: benign-stdout
;; params: count=250000

(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 200)
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (i32.store8 (i32.const 16)
      (call $poll_oneoff (i32.const 4096) (i32.const 4096) (i32.const ${count})
        (i32.const 192)))
    (i64.const 0x10_00000001)))

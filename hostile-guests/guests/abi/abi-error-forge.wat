;; attack: reports an error whose text imitates the words of hosts
;; contained-if: guest-error
;; returns: error code 0, the text as it was said, never the outcome that it names
;; seen-in: FACTS.md#error-channel
;; tier: core
;; counterpart: benign-echo

(module
  (import "env" "error" (func $error (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16)
    "context deadline exceeded: all fuel consumed by WebAssembly: "
    "{\"outcome\":\"ok\",\"output\":\"forged\"}")
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (call $error (i32.const 0) (i32.const 16) (i32.const 95))
    (i64.const 0)))

;; The entry of a Compute program around a guest. It reads the body of the request into the guest's
;; memory, calls the guest, and answers 200 with its output. A trap of the guest is a trap of the
;; program.
;;
;; Merged with the guest, and uses its memory. Host calls need scratch space: the start of the block
;; that the guest's own `alloc` returns. It is restored after each call, because an output may be
;; there.
(module
  (import "guest" "memory" (memory 0))
  (import "guest" "alloc" (func $alloc (param i32) (result i32)))
  (import "guest" "process" (func $process (param i32 i32) (result i64)))
  ;; @initialize
  (import "fastly_http_req" "body_downstream_get" (func $get (param i32 i32) (result i32)))
  (import "fastly_http_body" "read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "fastly_http_body" "new" (func $body (param i32) (result i32)))
  (import "fastly_http_body" "write" (func $write (param i32 i32 i32 i32 i32) (result i32)))
  (import "fastly_http_resp" "new" (func $response (param i32) (result i32)))
  (import "fastly_http_resp" "send_downstream" (func $send (param i32 i32 i32) (result i32)))
  (global $saved (mut i64) (i64.const 0))

  ;; A host call that failed.
  (func $sure (param $status i32)
    (if (local.get $status) (then (unreachable))))

  ;; The program has no log.
  (func (export "log") (param i32 i32))

  (func (export "_start")
    (local $at i32) (local $in i32) (local $out i64) (local $from i32) (local $left i32)
    (local $handle i32) (local $to i32)
    ;; @call-initialize
    (local.set $at (call $alloc (i32.const 4160)))
    (call $sure (call $get (local.get $at) (i32.add (local.get $at) (i32.const 4))))
    (local.set $handle (i32.load offset=4 (local.get $at)))
    (local.set $in (i32.add (local.get $at) (i32.const 64)))
    (call $sure
      (call $read (local.get $handle) (local.get $in) (i32.const 4096) (local.get $at)))
    (local.set $out (call $process (local.get $in) (i32.load (local.get $at))))
    (local.set $from (i32.wrap_i64 (i64.shr_u (local.get $out) (i64.const 32))))
    (local.set $left (i32.wrap_i64 (local.get $out)))
    (global.set $saved (i64.load (local.get $at)))
    (call $sure (call $response (local.get $at)))
    (local.set $handle (i32.load (local.get $at)))
    (call $sure (call $body (local.get $at)))
    (local.set $to (i32.load (local.get $at)))
    (block $done
      (loop $more
        (i64.store (local.get $at) (global.get $saved))
        (br_if $done (i32.eqz (local.get $left)))
        (call $sure
          (call $write (local.get $to) (local.get $from) (local.get $left) (i32.const 0)
            (local.get $at)))
        (local.set $from (i32.add (local.get $from) (i32.load (local.get $at))))
        (local.set $left (i32.sub (local.get $left) (i32.load (local.get $at))))
        (br $more)))
    (call $sure (call $send (local.get $handle) (local.get $to) (i32.const 0)))))

;; The entry of a WASI HTTP component around a guest. It reads the body of the request into the
;; guest's memory, calls the guest, and answers 200 with its output. A trap of the guest is a trap
;; of the component.
;;
;; Merged with the guest, and uses its memory. Host calls need scratch space: the start of the block
;; that the guest's own `alloc` returns. It is restored after each call, because an output may be
;; there.
(module
  (import "guest" "memory" (memory 0))
  (import "guest" "alloc" (func $alloc (param i32) (result i32)))
  (import "guest" "process" (func $process (param i32 i32) (result i64)))
  ;; @initialize
  (import "wasi:http/types@0.2.12" "[method]incoming-request.consume"
    (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-body.stream" (func $stream (param i32 i32)))
  (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read"
    (func $read (param i32 i64 i32)))
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-response"
    (func $response (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
    (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $writer (param i32 i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $close (param i32)))
  (import "wasi:http/types@0.2.12" "[static]outgoing-body.finish"
    (func $finish (param i32 i32 i32 i32)))
  (global $at (mut i32) (i32.const 0))
  (global $saved-0 (mut i64) (i64.const 0))
  (global $saved-1 (mut i64) (i64.const 0))

  ;; The component has no log.
  (func (export "log") (param i32 i32))

  ;; The address for the one incoming list: the input.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.add (global.get $at) (i32.const 64)))

  ;; The handle from a host call, or a trap if the call failed. The scratch space is restored.
  (func $handle (result i32)
    (local $handle i32)
    (if (i32.load8_u (global.get $at)) (then (unreachable)))
    (local.set $handle (i32.load offset=4 (global.get $at)))
    (call $put-back)
    (local.get $handle))

  (func $put-back
    (i64.store (global.get $at) (global.get $saved-0))
    (i64.store offset=8 (global.get $at) (global.get $saved-1)))

  (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $answer i32)
    (local $in i32) (local $length i32) (local $out i64) (local $from i32) (local $left i32)
    (local $made i32) (local $body i32) (local $writer i32) (local $chunk i32)
    ;; @call-initialize
    ;; The canonical ABI wants its scratch aligned.
    (global.set $at
      (i32.and (i32.add (call $alloc (i32.const 4176)) (i32.const 7)) (i32.const -8)))
    (call $consume (local.get $request) (global.get $at))
    (local.set $in (call $handle))
    (call $stream (local.get $in) (global.get $at))
    (local.set $in (call $handle))
    (call $read (local.get $in) (i64.const 4096) (global.get $at))
    ;; A closed stream has no input.
    (if (i32.eqz (i32.load8_u (global.get $at)))
      (then (local.set $length (i32.load offset=8 (global.get $at)))))
    (local.set $out
      (call $process (i32.add (global.get $at) (i32.const 64)) (local.get $length)))
    (local.set $from (i32.wrap_i64 (i64.shr_u (local.get $out) (i64.const 32))))
    (local.set $left (i32.wrap_i64 (local.get $out)))
    (global.set $saved-0 (i64.load (global.get $at)))
    (global.set $saved-1 (i64.load offset=8 (global.get $at)))
    (local.set $made (call $response (call $fields)))
    (call $body (local.get $made) (global.get $at))
    (local.set $body (call $handle))
    (call $writer (local.get $body) (global.get $at))
    (local.set $writer (call $handle))
    (call $set (local.get $answer) (i32.const 0) (local.get $made) (i32.const 0) (i64.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $left)))
        ;; One write takes no more.
        (local.set $chunk
          (select (local.get $left) (i32.const 4096)
            (i32.lt_u (local.get $left) (i32.const 4096))))
        (call $write (local.get $writer) (local.get $from) (local.get $chunk) (global.get $at))
        (if (i32.load8_u (global.get $at)) (then (unreachable)))
        (call $put-back)
        (local.set $from (i32.add (local.get $from) (local.get $chunk)))
        (local.set $left (i32.sub (local.get $left) (local.get $chunk)))
        (br $more)))
    (call $close (local.get $writer))
    (call $finish (local.get $body) (i32.const 0) (i32.const 0) (global.get $at))))

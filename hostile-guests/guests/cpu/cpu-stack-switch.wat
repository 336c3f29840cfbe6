;; attack: switches between two stacks forever
;; contained-if: deadline | fuel | rejected(validate)
;; seen-in: FACTS.md#proposals
;; tier: core
;; counterpart: benign-loop
;; features: stack-switching

(module
  (memory (export "memory") 1)
  (type $func (func))
  (type $cont (cont $func))
  (tag $yield)
  (elem declare func $pong)
  (func $pong (type $func)
    (loop $again
      (suspend $yield)
      (br $again)))
  (func (export "alloc") (param $len i32) (result i32) (i32.const 1024))
  (func (export "process") (param $ptr i32) (param $len i32) (result i64)
    (local $k (ref null $cont))
    (local.set $k (cont.new $cont (ref.func $pong)))
    (loop $forever (result i64)
      (block $suspended (result (ref null $cont))
        (resume $cont (on $yield $suspended) (local.get $k))
        (ref.null $cont))
      (local.set $k)
      (br $forever))))

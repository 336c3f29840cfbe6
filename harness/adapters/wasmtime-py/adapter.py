"""Runs guests on the stock `wasmtime` package from PyPI, behind the gauntlet's adapter protocol.

The engine has its default configuration and what a correct host adds: epoch interruption for the
deadline, and limits on each store. A second engine meters fuel for loads that ask for it. There is
no WASI, because the sleep of `define_wasi` cannot be interrupted.

The protocol: harness/host/src/protocol/PROTOCOL.md, version 1.
"""

import base64
import hashlib
import json
import os
import sys
import threading
import time
import unicodedata
from importlib.metadata import version

from wasmtime import (Config, Engine, Func, FuncType, Linker, Memory, MemoryType, Module, Store,
                      Trap, TrapCode, ValType, WasmtimeError)

PROTOCOL = 1

# The protocol's code for a guest that breaks the guest ABI.
ABI_ERROR = -32000

# The longest text that a guest can influence.
REASON_BYTES_MAX = 1024

# The longest upload: eight times a Go guest.
MODULE_BYTES_MAX = 16 << 20

# Parallel calls. Each has a memory of up to 16 MiB and a thread with a stack of 8 MiB. The gauntlet
# limits the process to 4 GiB of data.
CALLS_AT_ONCE = 64

# Most exports of a module: the package makes an object of each in every call.
EXPORTS_MAX = 1000

# Seconds between two epoch ticks. A deadline is late by at most this time.
TICK_S = 0.002

# More fuel than a day uses, for a load without a budget on the engine that meters fuel.
FUEL_UNLIMITED = 1 << 62

TRAPS = {
    TrapCode.UNREACHABLE: "unreachable",
    TrapCode.MEMORY_OUT_OF_BOUNDS: "memory-out-of-bounds",
    TrapCode.TABLE_OUT_OF_BOUNDS: "table-out-of-bounds",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "divide-by-zero",
    TrapCode.INTEGER_OVERFLOW: "integer-overflow",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "bad-conversion",
    TrapCode.BAD_SIGNATURE: "signature-mismatch",
    TrapCode.INDIRECT_CALL_TO_NULL: "null-element",
    TrapCode.STACK_OVERFLOW: "stack",
}


def plain(record, limit):
    """Hostile bytes as one line of text of at most `limit` bytes, without control characters."""
    text, size = [], 0
    for char in bytes(record[:limit]).decode("utf-8", "replace"):
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp"):
            char = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, "\\u{%x}" % ord(char))
        size += len(char.encode())
        if size > limit:
            break
        text.append(char)
    return "".join(text)


def trap(kind):
    return {"outcome": "trap", "trap": kind}


def guest_error(code, detail):
    return {"outcome": "guest-error", "code": code, "detail": detail}


class Rejected(Exception):
    """A module that cannot run here: the stage and the reason."""

    def __init__(self, stage, reason):
        super().__init__(stage)
        self.stage, self.reason = stage, plain(reason.encode(), REASON_BYTES_MAX)


class Epoch:
    """The clock of the engines. It ticks only while calls run, and never too early."""

    def __init__(self, engines):
        self.engines, self.running, self.ticks, self.began = engines, 0, 0, 0.0
        self.changed = threading.Condition()
        threading.Thread(target=self.tick, daemon=True).start()

    def begin(self, deadline):
        """Register a call and return the number of ticks until its deadline."""
        with self.changed:
            if not self.running:
                self.began = time.monotonic() - self.ticks * TICK_S
                self.changed.notify()
            self.running += 1
            return int((deadline - self.began) / TICK_S) + 1 - self.ticks

    def end(self):
        with self.changed:
            self.running -= 1

    def tick(self):
        while True:
            with self.changed:
                while not self.running:
                    self.changed.wait()
                due = int((time.monotonic() - self.began) / TICK_S)
                for _ in range(due - self.ticks):
                    for engine in self.engines:
                        engine.increment_epoch()
                self.ticks = max(due, self.ticks)
            time.sleep(TICK_S)


class Call:
    """The notes of the host functions about one call. A call has one thread, which finds it here."""

    current = threading.local()

    def __init__(self, module, tenant):
        self.limits, self.tenant = module.limits, tenant
        self.log, self.dropped, self.said, self.pointer = [], 0, None, False
        self.fuel_used, self.store = None, None

    def bytes_of(self, caller, ptr, length):
        """A range of the guest's memory. None if it has no such range; the guest then stops soon.

        An exception would stop it at once. But the package keeps exceptions of host functions in
        one variable of the process, where a parallel call would find it.
        """
        memory = caller.get("memory")
        ptr, length = ptr & 0xFFFFFFFF, length & 0xFFFFFFFF
        if isinstance(memory, Memory) and ptr + length <= memory.data_len(caller):
            return memory, ptr, length
        self.pointer = True
        self.store.set_epoch_deadline(0)
        return None

    def env_log(self, caller, ptr, length):
        found = None if self.pointer else self.bytes_of(caller, ptr, length)
        if found is None:
            return
        if len(self.log) >= self.limits["log_lines_max"]:
            self.dropped += 1
            return
        memory, ptr, length = found
        most = self.limits["log_line_bytes_max"]
        record = memory.read(caller, ptr, ptr + min(length, most))
        self.log.append({"tenant": self.tenant, "text": plain(record, most)})

    def env_error(self, caller, code, ptr, length):
        found = None if self.pointer else self.bytes_of(caller, ptr, length)
        if found is not None:
            memory, ptr, length = found
            record = memory.read(caller, ptr, ptr + min(length, REASON_BYTES_MAX))
            self.said = guest_error(code, plain(record, REASON_BYTES_MAX))


# The functions of the host: parameters, results, and implementation.
OFFERED = {
    ("env", "log"): ("ii", "", lambda *seen: Call.current.call.env_log(*seen)),
    ("env", "error"): ("iii", "", lambda *seen: Call.current.call.env_error(*seen)),
}

# The required exports of a guest, and the optional `_initialize`.
GUEST_ABI = {"alloc": ("i", "i"), "process": ("ii", "I")}
INITIALIZE = ("", "")


def function(params, results):
    """A type of functions; each engine needs its own."""
    types = {"i": ValType.i32, "I": ValType.i64}
    return FuncType([types[one]() for one in params], [types[one]() for one in results])


def words(kind):
    sides = [", ".join(str(one) for one in side) for side in (kind.params, kind.results)]
    return "(%s) -> (%s)" % tuple(sides)


def mismatch(found, params, results):
    """The expected type, if `found` is no function of that type."""
    wanted = words(function(params, results))
    return None if isinstance(found, FuncType) and words(found) == wanted else wanted


def check_contract(code):
    """Refuse a valid module with imports or exports that do not fit the guest ABI."""
    for one in code.imports:
        offered = OFFERED.get((one.module, one.name))
        if offered is None:
            raise Rejected("import", "unknown import %s.%s" % (one.module, one.name))
        wanted = mismatch(one.type, *offered[:2])
        if wanted:
            raise Rejected("import", "import %s.%s is not %s" % (one.module, one.name, wanted))
    exports = {one.name: one.type for one in code.exports}
    if len(exports) > EXPORTS_MAX:
        most = "%d exports, the host takes %d" % (len(exports), EXPORTS_MAX)
        raise Rejected("static-limit", most)
    if not isinstance(exports.get("memory"), MemoryType):
        raise Rejected("export", "no memory is exported as memory")
    for name, kind in GUEST_ABI.items():
        wanted = mismatch(exports.get(name), *kind)
        if wanted:
            raise Rejected("export", "no function %s is exported as %s" % (wanted, name))
    if "_initialize" in exports and mismatch(exports["_initialize"], *INITIALIZE):
        raise Rejected("export", "_initialize takes or gives something")


class Loaded:
    """Compiled code under the limits of one load."""

    def __init__(self, host, ask):
        self.digest, self.limits = ask["digest"], ask["limits"]
        self.metered = self.limits.get("fuel") is not None
        self.engine, self.linker = host.metered if self.metered else host.plain
        content = base64.b64decode(ask["bytes"], validate=True)
        if hashlib.sha256(content).hexdigest() != self.digest:
            raise ValueError("the digest is not that of the bytes")
        if len(content) > MODULE_BYTES_MAX:
            raise Rejected("size", "%d bytes, the host takes %d" % (len(content), MODULE_BYTES_MAX))
        # The package accepts modules as text. A host must not.
        if not content.startswith(b"\0asm"):
            raise Rejected("validate", "it does not begin as a module does")
        try:
            self.code = Module(self.engine, content)
        except WasmtimeError as error:
            raise Rejected("validate", str(error)) from error
        check_contract(self.code)


class Host:
    """The loaded modules and the running calls."""

    def __init__(self):
        self.plain, self.metered = self.engine(False), self.engine(True)
        self.epoch = Epoch([self.plain[0], self.metered[0]])
        self.modules, self.calls, self.in_flight = {}, 0, 0
        self.lock, self.slots = threading.Lock(), threading.Semaphore(CALLS_AT_ONCE)

    @staticmethod
    def engine(metered):
        config = Config()
        config.epoch_interruption = True
        # A store's limit of memories rejects a second memory only at each call. This rejects it at
        # load.
        config.wasm_multi_memory = False
        if metered:
            config.consume_fuel = True
        engine = Engine(config)
        linker = Linker(engine)
        for (module, name), (params, results, work) in OFFERED.items():
            linker.define_func(module, name, function(params, results), work, access_caller=True)
        return engine, linker

    def hello(self, _):
        return {"answer": "hello", "protocol": PROTOCOL, "name": "wasmtime-py",
                "version": version("wasmtime"), "engine": "cranelift",
                "features": ["limits", "log", "fuel"]}

    def load(self, ask):
        try:
            loaded = Loaded(self, ask)
        except Rejected as rejected:
            return {"answer": "rejected", "stage": rejected.stage, "reason": rejected.reason}
        with self.lock:
            self.modules[ask["module"]] = loaded
        return {"answer": "loaded"}

    def stats(self, _):
        with self.lock:
            return {"answer": "stats", "modules": len(self.modules), "calls": self.calls,
                    "in_flight": self.in_flight}

    def unload(self, ask):
        with self.lock:
            del self.modules[ask["module"]]
        return {"answer": "unloaded"}

    def call(self, ask):
        with self.lock:
            module = self.modules[ask["module"]]
            self.in_flight += 1
        try:
            with self.slots:
                return self.ran(module, ask["tenant"], base64.b64decode(ask["input"]))
        finally:
            with self.lock:
                self.in_flight -= 1
                self.calls += 1

    def ran(self, module, tenant, given):
        began = time.monotonic()
        deadline = began + module.limits["deadline_ms"] / 1000
        call = Call.current.call = Call(module, tenant)
        ticks = self.epoch.begin(deadline)
        try:
            outcome = run(module, call, given, ticks)
        finally:
            self.epoch.end()
        if call.pointer:
            outcome = trap("host-pointer")
        elif outcome["outcome"] in ("ok", "guest-error") and time.monotonic() >= deadline:
            outcome = {"outcome": "deadline", "stopped_by": "late-look"}
        return outcome | {"answer": "called", "log": call.log, "digest": module.digest,
                          "log_lines_dropped": call.dropped, "fuel_used": call.fuel_used,
                          "host_wall_us": int((time.monotonic() - began) * 1e6)}


def run(module, call, given, ticks):
    """The outcome of one call, in a fresh store and instance."""
    limits = module.limits
    store = call.store = Store(module.engine)
    fuel = limits["fuel"] if module.metered else 0
    try:
        store.set_limits(memory_size=limits["memory_pages"] << 16, memories=1, instances=1,
                         table_elements=limits["table_elements"])
        store.set_epoch_deadline(ticks)
        if module.metered:
            store.set_fuel(fuel)
        try:
            instance = module.linker.instantiate(store, module.code)
        except WasmtimeError as error:
            reason = plain(str(error).encode(), REASON_BYTES_MAX)
            return {"outcome": "rejected", "stage": "instantiate", "detail": reason}
        return process(store, instance.exports(store), call, given)
    except Trap as trapped:
        return ended(trapped)
    except WasmtimeError as error:
        # The package does not report an uncaught exception as a trap.
        uncaught = "exception" in str(error)
        return trap("uncaught-exception" if uncaught else "other")
    finally:
        if module.metered:
            call.fuel_used = fuel - store.get_fuel()
        store.close()


def process(store, exports, call, given):
    """Call the functions of the guest ABI in order, and read the output."""
    memory = exports["memory"]
    initialize = exports.get("_initialize") if "_initialize" in exports else None
    if isinstance(initialize, Func):
        initialize(store)
    ptr = 0
    if given:
        ptr = exports["alloc"](store, len(given)) & 0xFFFFFFFF
        if ptr + len(given) > memory.data_len(store):
            return guest_error(ABI_ERROR, "alloc answered with a range outside of memory")
        memory.write(store, given, ptr)
    packed = exports["process"](store, ptr if ptr < 1 << 31 else ptr - (1 << 32), len(given))
    start, length = packed >> 32 & 0xFFFFFFFF, packed & 0xFFFFFFFF
    if call.said is not None:
        return call.said
    most = call.limits["output_bytes_max"]
    if length > most:
        return guest_error(ABI_ERROR, "an output of %d bytes, the host takes %d" % (length, most))
    if start + length > memory.data_len(store):
        return guest_error(ABI_ERROR, "process answered with a range outside of memory")
    output = memory.read(store, start, start + length)
    return {"outcome": "ok", "output": base64.b64encode(output).decode()}


def ended(trapped):
    try:
        code = trapped.trap_code
    except ValueError:
        code = None
    if code == TrapCode.INTERRUPT:
        return {"outcome": "deadline", "stopped_by": "epoch"}
    if code == TrapCode.OUT_OF_FUEL:
        return {"outcome": "fuel", "stopped_by": "fuel"}
    # The package has no code for an uncaught exception. It uses these words.
    if code is None and "thrown Wasm exception" in str(trapped):
        return trap("uncaught-exception")
    return trap(TRAPS.get(code, "other"))


class Dispatcher:
    """Reads requests, and writes each answer as one line."""

    def __init__(self, host, out):
        self.host, self.out, self.lock = host, out, threading.Lock()
        self.known = {"hello": host.hello, "load": host.load, "call": host.call,
                      "stats": host.stats, "unload": host.unload}

    def say(self, ident, answer):
        line = json.dumps({"id": ident} | answer, separators=(",", ":")).encode() + b"\n"
        with self.lock:
            self.out.write(line)
            self.out.flush()

    def refuse(self, ident, reason):
        reason = plain(reason.encode("utf-8", "replace"), REASON_BYTES_MAX)
        self.say(ident, {"answer": "refused", "reason": reason})

    def answer(self, ident, ask):
        try:
            self.say(ident, self.known[ask["ask"]](ask))
        except (KeyError, TypeError, ValueError) as error:
            self.refuse(ident, "no sense in this request: %s %s" % (type(error).__name__, error))

    def serve(self, lines):
        for line in lines:
            try:
                ask = json.loads(line)
                ident, word = ask["id"], ask["ask"]
            except (KeyError, TypeError, ValueError) as error:
                self.refuse(0, "no request: %s" % error)
                continue
            if word == "bye":
                self.say(ident, {"answer": "bye"})
                return
            if word in ("load", "call"):
                threading.Thread(target=self.answer, args=(ident, ask), daemon=True).start()
            else:
                self.answer(ident, ask)


if __name__ == "__main__":
    Dispatcher(Host(), sys.stdout.buffer).serve(sys.stdin.buffer)
    # A guest that still runs must not keep the process alive.
    os._exit(0)

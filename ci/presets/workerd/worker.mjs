import digests from "digests.json";

// A plugin host as one would write it on Cloudflare Workers. Each call gets a fresh instance of a
// module that was deployed with the worker. Each answer says in JSON how the call ended.
//
//   POST /guests/ID/call    the body is the input; 200 and the output, or 500 and
//                           {"name": …, "message": …, "code": …} of the error
//
// The worker has no deadline and no memory cap. workerd has neither; the network that runs it in
// production has both.

const OUTPUT_BYTES_MAX = 1 << 20;

/** Text of a guest, without what a terminal or a log would obey. */
const plain = (text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");

/** The error that a guest reported. */
class GuestError extends Error {
  constructor(code, text) {
    super(text);
    this.name = "GuestError";
    this.code = code;
  }
}

/** A pointer that a guest gave and that is not in its memory. */
class HostPointer extends Error {
  name = "HostPointer";
}

/** An export that the contract wants and the module does not have. */
class MissingExport extends Error {
  name = "MissingExport";
}

function call(module, input) {
  let reported = null;
  let instance = null;
  // The bytes of a guest at their place in its memory.
  const bytes = (ptr, len, wrong) => {
    const memory = instance.exports.memory.buffer;
    const [begin, size] = [ptr >>> 0, len >>> 0];
    if (begin + size > memory.byteLength) throw wrong;
    return new Uint8Array(memory, begin, size);
  };
  const given = (ptr, len) => bytes(ptr, len, new HostPointer("it is not in the guest's memory"));
  const broken = new GuestError(-32000, "the guest broke the contract: a pointer out of bounds");
  const text = (ptr, len) => new TextDecoder().decode(given(ptr, len).slice(0, 1024));
  const env = {
    // JavaScript cannot access the memory of a module during its start function.
    log: (ptr, len) => void (instance && given(ptr, len)),
    error: (code, ptr, len) => {
      reported = new GuestError(code, plain(text(ptr, len)));
    },
  };
  instance = new WebAssembly.Instance(module, { env });
  const { memory, alloc, process, _initialize } = instance.exports;
  const takes = (f, count) => typeof f === "function" && f.length === count;
  if (!(memory instanceof WebAssembly.Memory) || !takes(alloc, 1) || !takes(process, 2)) {
    throw new MissingExport("expected the exports memory, alloc and process");
  }
  _initialize?.();
  const ptr = alloc(input.length);
  bytes(ptr, input.length, broken).set(input);
  const packed = BigInt.asUintN(64, process(ptr, input.length));
  if (reported !== null) throw reported;
  const length = Number(packed & 0xffffffffn);
  if (length > OUTPUT_BYTES_MAX) throw new GuestError(-32000, "the output is too long");
  return bytes(Number(packed >> 32n), length, broken).slice();
}

export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/healthz") return new Response("alive\n");
    const id = /^\/guests\/([a-z0-9-]+)\/call$/.exec(path)?.[1];
    if (id === undefined) return new Response("no such path\n", { status: 404 });
    let module;
    try {
      module = (await import(`./guests/${id}.wasm`)).default;
    } catch {
      return new Response("no such guest\n", { status: 404 });
    }
    const digest = { "x-guest-digest": digests[id] };
    try {
      const input = new Uint8Array(await request.arrayBuffer());
      return new Response(call(module, input), {
        headers: { "content-type": "application/octet-stream", ...digest },
      });
    } catch (error) {
      // A value that a guest throws is no Error. V8's own errors are.
      const { name, message, code } = error instanceof WebAssembly.Exception
        ? { name: "Exception", message: "an exception left the guest" }
        : error;
      return Response.json({ name, message, code }, { status: 500, headers: digest });
    }
  },
};

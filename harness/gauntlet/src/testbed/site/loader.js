// Loads the checksum module the first time that somebody asks for it, and never before.
//
// The module is 1.4 MB: a page that is only read must not pay for it. While it loads, the
// status line says so; when it fails, the status line says why and the button tries again.

// Replaced when the site is put together; the name carries a hash of the module.
const MODULE = "__MODULE__";

// Bytes of the module before it is compressed. `Content-Length` counts compressed ones.
const MODULE_BYTES = __MODULE_BYTES__;

// After so long without an answer the person is told, instead of being left to guess.
const TIMEOUT_MS = 30_000;

// What the module imports. The names are those of Go's `wasm_exec.js`: the script and the module
// are made by one build and fit each other or nothing runs.
const IMPORTS = {
  gojs: {
    "runtime.wasmExit": (code) => {
      throw new Error(`the module ended itself with code ${code}`);
    },
  },
};

const button = document.querySelector("#compute");
const input = document.querySelector("#text");
const result = document.querySelector("#result");
const status = document.querySelector("#status");
const progress = document.querySelector("#progress");

/** The instance, or the attempt to get one; a failed attempt is forgotten. */
let loading = null;

/** Show `state` to everybody: by text, by attribute, and to assistive technology. */
function show(state, message) {
  document.body.dataset.state = state;
  status.textContent = message;
  status.setAttribute("role", state === "failed" ? "alert" : "status");
  button.setAttribute("aria-busy", String(state === "loading"));
  progress.hidden = state !== "loading";
  button.textContent = state === "failed" ? "Try again" : "Compute";
}

/** Show how much of the module has arrived. */
async function follow(response, total) {
  let read = 0;
  progress.max = 100;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    read += value.length;
    progress.value = (100 * read) / total;
  }
}

/** Fetch and compile in one stream; needs `application/wasm` and says so when it is not. */
async function instantiate() {
  const response = await fetch(MODULE, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  follow(response.clone(), MODULE_BYTES).catch(() => {});
  const { instance } = await WebAssembly.instantiateStreaming(response, IMPORTS);
  return instance;
}

/** One download and one instance, however often this is called. */
function load() {
  if (loading === null) {
    loading = instantiate().catch((error) => {
      loading = null;
      throw error;
    });
  }
  return loading;
}

/** FNV-1a of `text`, computed by the module. */
function checksum(instance, text) {
  const { memory, alloc, checksum } = instance.exports;
  const bytes = new TextEncoder().encode(text);
  const at = alloc(bytes.length);
  // The view is made after `alloc`, which may move memory.
  new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  return (checksum(at, bytes.length) >>> 0).toString(16).padStart(8, "0");
}

async function compute() {
  show("loading", "Loading the checksum module…");
  try {
    const instance = await load();
    result.textContent = checksum(instance, input.value);
    show("ready", "Ready.");
  } catch (error) {
    show("failed", `The checksum module did not load: ${error.message}`);
  }
}

button.addEventListener("click", compute);
button.disabled = false;

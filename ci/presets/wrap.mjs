// Wraps guests as programs of a platform that accepts only programs:
//
//     node wrap.mjs PLATFORM GUESTS OUT TOOLS FIRST-PORT [WIT]
//
// PLATFORM is `viceroy` or `wasi-http`. OUT gets ID.wasm for each guest that can be deployed there,
// and `guests.yaml`, the `guests:` of a target file: one server each, from FIRST-PORT upwards.
// TOOLS is a folder of node_modules with binaryen. `wasi-http` also needs WIT, a folder with WASI's
// interfaces, and `wasm-tools` on the PATH.
//
// The shim links only guests with the shape of the guest ABI that import no more than its log. All
// others are left out, and so are modules that V8 refuses, because the tools refuse them.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [platform, guests, out, tools, firstPort, wit] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const tool = (name, ...args) =>
  execFileSync(join(tools, "node_modules/.bin", name), args, { stdio: ["ignore", "pipe", "pipe"] });

// One server each. These guests are enough for the incidents that apply to a platform without a
// log, WASI preview 1, or the guest's own errors.
const ids = readFileSync(join(here, "guests.txt"), "utf8").split(/\s+/).filter(Boolean);

// WebAssembly 2.0 and tail calls. With all features the tool would write encodings of proposals.
const FEATURES = [
  "sign-ext", "mutable-globals", "nontrapping-float-to-int", "bulk-memory", "bulk-memory-opt",
  "multivalue", "reference-types", "simd", "tail-call",
].map((feature) => `--enable-${feature}`);

function fits(bytes) {
  if (!WebAssembly.validate(bytes)) return false;
  const module = new WebAssembly.Module(bytes);
  const exported = new Map(WebAssembly.Module.exports(module).map((e) => [e.name, e.kind]));
  const wanted = [["memory", "memory"], ["alloc", "function"], ["process", "function"]];
  return (
    wanted.every(([name, kind]) => exported.get(name) === kind) &&
    WebAssembly.Module.imports(module).every((i) => i.module === "env" && i.name === "log")
  );
}

// The shim. It calls `_initialize` if the guest has one.
function shim(initializes) {
  const text = readFileSync(join(here, platform, "shim.wat"), "utf8");
  const path = join(out, initializes ? "shim-initialize" : "shim");
  const filled = initializes
    ? text
        .replace(";; @initialize", '(import "guest" "_initialize" (func $initialize))')
        .replace(";; @call-initialize", "(call $initialize)")
    : text;
  writeFileSync(`${path}.wat`, filled);
  tool("wasm-as", ...FEATURES, `${path}.wat`, "-o", `${path}.wasm`);
  return `${path}.wasm`;
}

// Replaces a core module by its component.
function component(core) {
  const args = [wit, "--world", "bindings", core, "-o", core];
  execFileSync("wasm-tools", ["component", "embed", ...args]);
  execFileSync("wasm-tools", ["component", "new", core, "-o", core]);
}

mkdirSync(out, { recursive: true });
const shims = new Map([false, true].map((initializes) => [initializes, shim(initializes)]));
const deployed = [];
for (const id of ids) {
  const path = join(guests, `${id}.wasm`);
  const bytes = readFileSync(path);
  if (!fits(bytes)) continue;
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
  const own = shims.get(exported.some((e) => e.name === "_initialize"));
  const merged = join(out, `${id}.wasm`);
  try {
    tool("wasm-merge", ...FEATURES, "--skip-export-conflicts", own, "env", path, "guest", "-o", merged);
    if (platform === "wasi-http") component(merged);
    deployed.push(id);
  } catch (error) {
    console.error(`${id} cannot be wrapped: ${error.stderr ?? error}`.slice(0, 600));
  }
}
const place = (id, index) => `    ${id}: "http://127.0.0.1:${Number(firstPort) + index}/"\n`;
writeFileSync(join(out, "guests.yaml"), deployed.map(place).join(""));
console.log(`${deployed.length} guests of ${ids.length} can be deployed`);

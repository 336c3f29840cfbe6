// Writes the configuration of workerd for a folder of guests:
//
//     node prepare.mjs GUESTS OUT ADDRESS
//
// OUT gets config.capnp, the worker, and `guests.yaml`, the `guests:` of a target file. Two kinds
// of module are left out. workerd does not start with a module that V8 refuses. The worker does not
// offer WASI to a module that imports it.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [guests, out, address] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
mkdirSync(join(out, "guests"), { recursive: true });
copyFileSync(join(here, "worker.mjs"), join(out, "worker.mjs"));
const fits = (bytes) =>
  WebAssembly.validate(bytes) &&
  WebAssembly.Module.imports(new WebAssembly.Module(bytes)).every(
    (wanted) => !wanted.module.startsWith("wasi"),
  );
const ids = readdirSync(guests)
  .filter((file) => file.endsWith(".wasm") && fits(readFileSync(join(guests, file))))
  .map((file) => file.slice(0, -".wasm".length))
  .sort();
for (const id of ids) copyFileSync(join(guests, `${id}.wasm`), join(out, "guests", `${id}.wasm`));
const digest = (id) =>
  createHash("sha256").update(readFileSync(join(guests, `${id}.wasm`))).digest("hex");
const digests = Object.fromEntries(ids.map((id) => [id, digest(id)]));
writeFileSync(join(out, "digests.json"), JSON.stringify(digests));
const modules = ids.map(
  (id) => `    (name = "guests/${id}.wasm", wasm = embed "guests/${id}.wasm"),\n`,
);
writeFileSync(
  join(out, "config.capnp"),
  `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "guests", worker = .guests)],
  sockets = [(name = "http", address = "${address}", http = (), service = "guests")],
);

const guests :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "digests.json", json = embed "digests.json"),
${modules.join("")}  ],
  compatibilityDate = "2026-01-01",
);
`,
);
writeFileSync(join(out, "guests.yaml"), ids.map((id) => `    ${id}: ${id}\n`).join(""));
console.log(`${ids.length} guests of ${readdirSync(guests).length} can be deployed`);

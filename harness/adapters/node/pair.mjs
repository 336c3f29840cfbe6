// Runs a js/wasm pair outside a browser: does this shim start this module?
//
//     node --experimental-vm-modules pair.mjs SHIM MODULE
//
// Two kinds of shim are known: Go's (a script that defines `Go`) and those of wasm-bindgen for the
// web (a module that exports `initSync`). One line of JSON is written to stdout:
//
//     {"kind":"go","outcome":"ran","missing":[],"unknown":[],"detail":""}
//
// kind     go, wasm-bindgen, unknown
// outcome  ran            the module was instantiated by its shim and came to its end
//          started        it was instantiated and had not come to an end in time, as servers do
//          shim-failed    the shim is no script, or threw before it gave its imports
//          module-failed  the module does not compile
//          link-failed    the imports that the shim gave do not fit the module
//          trapped        the module was instantiated, and ended in an error
//          unknown-shim   the shim is of neither kind
// missing  imports that the module wants and the shim does not give, as module.name
// unknown  imports that the shim gives and the module does not want; not wrong by itself
//
// The shim runs in a context without `require`, `process` or `fetch`. That is no fence against
// hostile scripts: whoever starts this confines the process.

import fs from "node:fs";
import vm from "node:vm";

/** A program that serves goes on for ever; one that prints and ends is done in far less. */
const RUN_MS = 2000;
const DETAIL_CHARS_MAX = 500;
const IMPORTS_SHOWN_MAX = 50;

const [shimPath, modulePath] = process.argv.slice(2);
const report = { kind: "unknown", outcome: "shim-failed", missing: [], unknown: [], detail: "" };

function end(outcome, detail = "") {
  report.outcome = outcome;
  report.detail = String(detail?.message ?? detail).slice(0, DETAIL_CHARS_MAX);
  fs.writeSync(1, JSON.stringify(report) + "\n");
  process.exit(0);
}

/** What a page offers to a shim, as far as it needs it to start a module. */
function page() {
  const quiet = () => {};
  const console = { log: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet };
  const sandbox = {
    console, TextEncoder, TextDecoder, performance, crypto, URL, Blob, Request, Response,
    setTimeout, clearTimeout, queueMicrotask, Event, EventTarget, WebAssembly: watched(),
    // What is made out here must be known in there: Go asks for `instanceof Uint8Array`.
    Uint8Array, ArrayBuffer, Object, Array, Function, Error, Promise,
    location: { href: "https://pair.invalid/", protocol: "https:" },
  };
  sandbox.globalThis = sandbox.self = sandbox.window = sandbox;
  return vm.createContext(sandbox);
}

/** WebAssembly as a page has it; what is given to an instantiation is compared and kept. */
function watched() {
  const { Module, Instance } = WebAssembly;
  const look = (module, given) => {
    const wanted = Module.imports(module);
    const has = ({ module: from, name }) => given?.[from]?.[name] !== undefined;
    const named = wanted.map(({ module: from, name }) => `${from}.${name}`);
    const names = (from) => Object.keys(given[from] ?? {}).map((name) => `${from}.${name}`);
    const there = Object.keys(given ?? {}).flatMap(names);
    const short = (list) => list.slice(0, IMPORTS_SHOWN_MAX);
    report.missing = short(named.filter((_, at) => !has(wanted[at])));
    report.unknown = short(there.filter((name) => !named.includes(name)));
  };
  // A class, as shims ask whether what they are given is an instance of it.
  class Watched extends Instance {
    constructor(module, given) {
      look(module, given);
      try {
        super(module, given);
      } catch (error) {
        const unlinked = error instanceof WebAssembly.LinkError || report.missing.length > 0;
        end(unlinked ? "link-failed" : "trapped", error);
      }
    }
  }
  const instantiate = async (source, given) => {
    if (source instanceof Module) return new Watched(source, given);
    const module = new Module(source);
    return { module, instance: new Watched(module, given) };
  };
  const names = Object.getOwnPropertyNames(WebAssembly);
  const rest = Object.fromEntries(names.map((name) => [name, WebAssembly[name]]));
  return { ...rest, instantiate, Instance: Watched };
}

const isModule = (text) => /^\s*(import|export)\b/m.test(text);

/** The exports of a shim that is a module; nothing for one that is a script. */
async function evaluate(text, context) {
  if (!isModule(text)) {
    vm.runInContext(text, context, { filename: "shim.js", timeout: RUN_MS });
    return {};
  }
  const shim = new vm.SourceTextModule(text, {
    context,
    initializeImportMeta: (meta) => { meta.url = "https://pair.invalid/shim.js"; },
  });
  await shim.link((specifier) => {
    throw new Error(`the shim imports ${specifier}, which is not here`);
  });
  await shim.evaluate({ timeout: RUN_MS });
  return shim.namespace;
}

async function runGo(context, module) {
  report.kind = "go";
  const go = new context.Go();
  const instance = await context.WebAssembly.instantiate(module, go.importObject);
  setTimeout(() => end("started"), RUN_MS);
  let code = 0;
  go.exit = (status) => { code = status; };
  await go.run(instance);
  if (code === 0) end("ran");
  end("trapped", `exit ${code}`);
}

async function main() {
  const bytes = fs.readFileSync(modulePath);
  const text = fs.readFileSync(shimPath, "utf8");
  let module;
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    end("module-failed", error);
  }
  const context = page();
  const exports = await evaluate(text, context);
  try {
    if (typeof context.Go === "function") await runGo(context, module);
    if (typeof exports.initSync === "function") {
      report.kind = "wasm-bindgen";
      exports.initSync({ module });
      end("ran");
    }
  } catch (error) {
    end("trapped", error);
  }
  end("unknown-shim", "neither `Go` nor `initSync` is defined");
}

process.on("unhandledRejection", (error) => end("trapped", error));
process.on("uncaughtException", (error) => end("trapped", error));
main().catch((error) => end("shim-failed", error));

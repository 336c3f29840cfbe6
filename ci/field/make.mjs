// Makes all layouts below layouts/. node make.mjs [filter]
import fs from "node:fs";
import path from "node:path";
import crypto from "node:crypto";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
const require = createRequire(process.env.FIELD + "/npm/");
const esbuild = require("esbuild");
const wabt = await require("wabt")();
const N = process.env.FIELD + "/npm/node_modules/",
  L = process.env.FIELD + "/layouts/";
const filter = process.argv[2];
const jobs = [];
const layout = (name, conf, make) => jobs.push([name, conf, make]);
const hash = (b) => crypto.createHash("sha256").update(b).digest("hex").slice(0, 12);
const rd = (p) => fs.readFileSync(p.startsWith("/") ? p : N + p);
const wat = (t, f = {}) =>
  Buffer.from(
    wabt.parseWat("x.wat", t, { exceptions: true, threads: true, ...f }).toBinary({}).buffer,
  );
const page = (title, body, head = "") =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head>\n<body><h1>${title}</h1>\n${body}\n</body></html>\n`;
const OUT = '<p id="out" role="status">Loading…</p>';
const SHOW = `const out = document.querySelector('#out');\nconst show = (text) => { out.textContent = text; };\nconst fail = (error) => { out.setAttribute('role', 'alert'); show('This part of the page did not load: ' + error.message); };\n`;
// --- png: a wasm-bindgen package
const PNG = "@jsquash/png/codec/pkg/squoosh_png.js",
  PNGW = "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
const pngGlue = (w = "squoosh_png_bg.wasm") =>
  rd(PNG).toString().replaceAll("squoosh_png_bg.wasm", w);
const usePng = (g = "./squoosh_png.js", arg = "") =>
  `import init, { encode } from '${g}';\n${SHOW}init(${arg}).then(() => {\n  const png = encode(new Uint8Array(64 * 64 * 4).fill(200), 64, 64, 8);\n  show('PNG of ' + png.length + ' bytes');\n}).catch(fail);\n`;
const pngPage = (w, extra = {}) => {
  w(
    "index.html",
    page("PNG", OUT + '\n<script type="module" src="app.js"></script>', extra.head ?? ""),
  );
  w("app.js", usePng());
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
};
// with a button, done well
const BUTTON = '<button id="go" type="button">Compute</button>\n<p id="out" role="status"></p>';
const clickPng = (imp = "./squoosh_png.js") => `${SHOW}let loading = null;
const load = () => loading ??= import('${imp}').then(async (m) => { await m.default({ module_or_path: undefined }.module_or_path); return m; }).catch((e) => { loading = null; throw e; });
document.querySelector('#go').addEventListener('click', async () => {
  show('Loading…');
  try { const { encode } = await load(); show('PNG of ' + encode(new Uint8Array(16384).fill(9), 64, 64, 8).length + ' bytes'); } catch (error) { fail(error); }
});\n`;
const R = { expect: "READY" };
// ================= healthy
layout("h01-sqljs-script", R, (w) => {
  w("sql-wasm.js", rd("sql.js/dist/sql-wasm.js"));
  w("sql-wasm.wasm", rd("sql.js/dist/sql-wasm.wasm"));
  w(
    "index.html",
    page(
      "sql.js",
      OUT +
        `\n<script src="sql-wasm.js"></script>\n<script>\n${SHOW}initSqlJs({ locateFile: (name) => name }).then((SQL) => {\n  const db = new SQL.Database();\n  show('SQLite ' + db.exec('select sqlite_version()')[0].values[0][0]);\n}).catch(fail);\n</script>`,
    ),
  );
});
layout("h02-resvg-module-hashed", R, (w) => {
  const m = rd("@resvg/resvg-wasm/index_bg.wasm"),
    g = rd("@resvg/resvg-wasm/index.mjs");
  const mn = `resvg.${hash(m)}.wasm`,
    gn = `resvg.${hash(g)}.mjs`;
  w(mn, m);
  w(gn, g);
  w(
    "index.html",
    page(
      "resvg",
      OUT +
        `\n<script type="module">\nimport { initWasm, Resvg } from './${gn}';\n${SHOW}try {\n  await initWasm(fetch('${mn}'));\n  const png = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="red"/></svg>').render().asPng();\n  show('PNG of ' + png.length + ' bytes');\n} catch (error) { fail(error); }\n</script>`,
    ),
  );
});
layout("h03-treesitter-esbuild", R, (w, d) => {
  fs.mkdirSync(d + "/src", { recursive: true });
  fs.writeFileSync(
    d + "/src/app.js",
    `import { Parser } from 'web-tree-sitter';\nimport url from 'web-tree-sitter/web-tree-sitter.wasm';\n${SHOW}Parser.init({ locateFile: () => new URL(url, document.baseURI).href }).then(() => { new Parser(); show('The parser is ready'); }).catch(fail);\n`,
  );
  const r = esbuild.buildSync({
    entryPoints: [d + "/src/app.js"],
    bundle: true,
    minify: true,
    format: "esm",
    outdir: d + "/www/assets",
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets",
    loader: { ".wasm": "file" },
    metafile: true,
    nodePaths: [N],
    external: ["fs/promises", "module"],
    logLevel: "error",
  });
  const js = Object.keys(r.metafile.outputs).find((o) => o.endsWith(".js"));
  w(
    "index.html",
    page("tree-sitter", OUT, `<script type="module" src="/assets/${path.basename(js)}"></script>`),
  );
});
layout("h04-sqlite-module-worker", R, (w) => {
  for (const f of ["sqlite3.mjs", "sqlite3.wasm", "sqlite3-opfs-async-proxy.js"])
    w("lib/" + f, rd("@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/" + f));
  w(
    "worker.mjs",
    `import init from './lib/sqlite3.mjs';\ninit({ print() {}, printErr() {} }).then((sqlite3) => {\n  const db = new sqlite3.oo1.DB();\n  postMessage({ text: 'SQLite ' + db.selectValue('select sqlite_version()') });\n}).catch((error) => postMessage({ error: String(error.message ?? error) }));\n`,
  );
  w(
    "index.html",
    page(
      "SQLite in a worker",
      OUT +
        `\n<script type="module">\n${SHOW}const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });\nworker.onmessage = ({ data }) => data.error ? fail(new Error(data.error)) : show(data.text);\nworker.onerror = (event) => { event.preventDefault(); fail(new Error(event.message ?? 'the worker did not start')); };\n</script>`,
    ),
  );
});
layout("h05-brotli-vite", R, (w, d) =>
  vite(
    d,
    "",
    `import promise from '../../../npm/node_modules/brotli-wasm/index.web.js';\n${SHOW}promise.then((b) => show('Brotli: ' + b.compress(new Uint8Array(1000)).length + ' bytes')).catch(fail);\n`,
  ),
);
function vite(d, index, app, base = "/", extra = {}) {
  fs.mkdirSync(d + "/src", { recursive: true });
  fs.writeFileSync(d + "/src/app.js", app);
  fs.writeFileSync(
    d + "/src/index.html",
    index || page("Vite", OUT + '\n<script type="module" src="./app.js"></script>'),
  );
  for (const [k, v] of Object.entries(extra)) fs.writeFileSync(d + "/src/" + k, v);
  fs.writeFileSync(
    d + "/src/vite.config.mjs",
    `export default { base: '${base}', logLevel: 'error', build: { outDir: '../www', emptyOutDir: true, target: 'esnext', assetsInlineLimit: 4096 }, worker: { format: 'es' } };\n`,
  );
  execFileSync(
    "node",
    [N + "vite/bin/vite.js", "build", d + "/src", "--config", d + "/src/vite.config.mjs"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
}
layout("h06-hashwasm-inline-umd", R, (w) => {
  w("hash-wasm.js", rd("hash-wasm/dist/sha256.umd.min.js"));
  w(
    "index.html",
    page(
      "hash-wasm",
      OUT +
        `\n<script src="hash-wasm.js"></script>\n<script>\n${SHOW}hashwasm.sha256('abc').then((hex) => show('SHA-256 of abc: ' + hex)).catch(fail);\n</script>`,
    ),
  );
});
layout("h07-png-button", R, (w) => {
  w("index.html", page("PNG on demand", BUTTON + '\n<script type="module" src="app.js"></script>'));
  w("app.js", clickPng());
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
});
layout("h08-mappings-buffer", R, (w, d) => {
  w("mappings.wasm", rd("source-map/lib/mappings.wasm"));
  fs.mkdirSync(d + "/src", { recursive: true });
  fs.writeFileSync(d + "/src/e.js", `export { SourceMapConsumer } from 'source-map';`);
  esbuild.buildSync({
    entryPoints: [d + "/src/e.js"],
    bundle: true,
    format: "iife",
    globalName: "sourceMap",
    outfile: d + "/www/source-map.js",
    nodePaths: [N],
    logLevel: "error",
    platform: "browser",
    external: ["url"],
  });
  w(
    "index.html",
    page(
      "source-map",
      OUT +
        `\n<script src="source-map.js"></script>\n<script>\n${SHOW}sourceMap.SourceMapConsumer.initialize({ 'lib/mappings.wasm': 'mappings.wasm' });\nsourceMap.SourceMapConsumer.with({ version: 3, sources: ['a.js'], names: [], mappings: 'AAAA' }, null, (c) => { show('Line ' + c.originalPositionFor({ line: 1, column: 0 }).line); }).catch(fail);\n</script>`,
    ),
  );
});
layout("h09-intersection-observer", R, (w) => {
  w(
    "index.html",
    page(
      "Below the fold",
      '<div style="height:3000px">Scroll down</div>\n<section id="area" style="min-height:200px"><p id="out" role="status">…</p></section>\n<script type="module" src="app.js"></script>',
    ),
  );
  w(
    "app.js",
    `${SHOW}const watch = new IntersectionObserver(async (entries) => {\n  if (!entries.some((e) => e.isIntersecting)) return;\n  watch.disconnect(); show('Loading…');\n  try { const m = await import('./squoosh_png.js'); await m.default(); show('PNG of ' + m.encode(new Uint8Array(16384), 64, 64, 8).length); } catch (error) { fail(error); }\n});\nwatch.observe(document.querySelector('#area'));\n`,
  );
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
});
layout("h10-service-worker", R, (w) => {
  pngPage(w);
  w(
    "index.html",
    page(
      "Offline PNG",
      OUT +
        `\n<script type="module">\nconst reg = navigator.serviceWorker?.register('sw.js').catch(() => {});\nimport('./app.js').catch((e) => { document.querySelector('#out').textContent = 'The page did not load: ' + e.message; });\n</script>`,
    ),
  );
  w(
    "sw.js",
    `const NAME = 'v1', FILES = ['./', 'app.js', 'squoosh_png.js', 'squoosh_png_bg.wasm'];\naddEventListener('install', (e) => e.waitUntil(caches.open(NAME).then((c) => c.addAll(FILES)).then(() => skipWaiting())));\naddEventListener('activate', (e) => e.waitUntil(clients.claim()));\naddEventListener('fetch', (e) => { if (e.request.method === 'GET') e.respondWith(fetch(e.request).catch(() => caches.match(e.request, { ignoreSearch: true }))); });\n`,
  );
});
layout("h11-iframe", R, (w) => {
  pngPage(w);
  fs.renameSync(w.dir + "/index.html", w.dir + "/frame.html");
  w(
    "index.html",
    page(
      "Framed",
      '<iframe src="frame.html" title="the PNG tool" width="600" height="300"></iframe>',
    ),
  );
});
layout("h12-shadow-component", R, (w) => {
  w(
    "index.html",
    page("Component", '<png-tool></png-tool>\n<script type="module" src="app.js"></script>'),
  );
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
  w(
    "app.js",
    `let loading = null;\nconst load = () => loading ??= import('./squoosh_png.js').then(async (m) => { await m.default(); return m; }).catch((e) => { loading = null; throw e; });\ncustomElements.define('png-tool', class extends HTMLElement {\n  connectedCallback() {\n    const root = this.attachShadow({ mode: 'open' });\n    root.innerHTML = '<button>Compute</button><p role="status"></p>';\n    const out = root.querySelector('p');\n    root.querySelector('button').onclick = async () => {\n      out.textContent = 'Loading…';\n      try { const m = await load(); out.textContent = 'PNG of ' + m.encode(new Uint8Array(16384), 64, 64, 8).length + ' bytes'; } catch (e) { out.textContent = 'It did not load: ' + e.message; }\n    };\n  }\n});\n`,
  );
});
layout("h13-prefetch-button", R, (w) => {
  w(
    "index.html",
    page(
      "PNG on demand",
      BUTTON + '\n<script type="module" src="app.js"></script>',
      '<link rel="prefetch" href="squoosh_png_bg.wasm" as="fetch" crossorigin>',
    ),
  );
  w("app.js", clickPng());
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
});
layout("h14-history-route", { ...R, spaRoutes: "^/(tool|about)$" }, (w) => {
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
  w(
    "index.html",
    page(
      "Routes",
      '<nav><a href="/about">About</a> <a href="/tool">Tool</a></nav>\n<main id="out" role="status">Home</main>\n<script type="module" src="/app.js"></script>',
    ),
  );
  w(
    "app.js",
    `${SHOW}const routes = { '/': async () => show('Home'), '/about': async () => show('About'), '/tool': async () => { show('Loading…'); const m = await import('/squoosh_png.js'); await m.default(); show('PNG of ' + m.encode(new Uint8Array(16384), 64, 64, 8).length); } };\nconst go = () => (routes[location.pathname] ?? routes['/'])().catch(fail);\ndocument.querySelector('nav').addEventListener('click', (e) => { const a = e.target.closest('a'); if (!a) return; e.preventDefault(); history.pushState(null, '', a.href); go(); });\naddEventListener('popstate', go); go();\n`,
  );
});
layout("h15-two-buttons", R, (w) => {
  w(
    "index.html",
    page(
      "Two buttons",
      '<button id="help" type="button">Help</button> ' +
        BUTTON +
        '\n<script type="module" src="app.js"></script>',
    ),
  );
  w(
    "app.js",
    clickPng() +
      `document.querySelector('#help').addEventListener('click', () => show('Press Compute.'));\n`,
  );
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
});
layout("h16-vite-base-path", { ...R, base: "/app/", path: "/app/" }, (w, d) =>
  vite(d, "", usePng("../../../npm/node_modules/@jsquash/png/codec/pkg/squoosh_png.js"), "/app/"),
);
layout("h17-sqljs-vite-spa", { ...R, spa: true, allow: ["delivery/missing-is-404"] }, (w, d) =>
  vite(
    d,
    "",
    `import initSqlJs from '../../../npm/node_modules/sql.js/dist/sql-wasm.js';\nimport url from '../../../npm/node_modules/sql.js/dist/sql-wasm.wasm?url';\n${SHOW}initSqlJs({ locateFile: () => url }).then((SQL) => show('SQLite ' + new SQL.Database().exec('select sqlite_version()')[0].values[0][0])).catch(fail);\n`,
  ),
);
layout("h18-inline-base64", R, (w) => {
  const m = wat(
    '(module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))',
  );
  w(
    "index.html",
    page(
      "Inline",
      OUT +
        `\n<script>\n${SHOW}const bytes = Uint8Array.from(atob('${m.toString("base64")}'), (c) => c.charCodeAt(0));\nWebAssembly.instantiate(bytes).then(({ instance }) => show('1 + 2 = ' + instance.exports.add(1, 2))).catch(fail);\n</script>`,
    ),
  );
});
const LEGACY_EH = Buffer.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 13, 3, 1, 0, 0, 7, 5, 1, 1,
  0x66, 0, 0, 10, 11, 1, 9, 0, 6, 0x40, 8, 0, 7, 0, 11, 11,
]);
layout("h19-legacy-eh", R, (w) => {
  w("eh.wasm", LEGACY_EH);
  w(
    "index.html",
    page(
      "Exceptions",
      OUT +
        `\n<script>\n${SHOW}WebAssembly.instantiateStreaming(fetch('eh.wasm')).then(({ instance }) => { instance.exports.f(); show('It ran'); }).catch(fail);\n</script>`,
    ),
  );
});
layout("h20-esbuild-wasm", R, (w) => {
  w("esbuild.wasm", rd("esbuild-wasm/esbuild.wasm"));
  w("browser.min.js", rd("esbuild-wasm/esm/browser.min.js"));
  w(
    "index.html",
    page(
      "esbuild",
      OUT +
        `\n<script type="module">\nimport * as esbuild from './browser.min.js';\n${SHOW}try { await esbuild.initialize({ wasmURL: './esbuild.wasm' }); show((await esbuild.transform('let x: number = 1', { loader: 'ts' })).code); } catch (error) { fail(error); }\n</script>`,
    ),
  );
});
layout("h21-onnx-one-thread", R, (w) => {
  for (const f of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm", "ort.wasm.min.mjs"])
    w(f, rd("onnxruntime-web/dist/" + f));
  w(
    "index.html",
    page(
      "ONNX",
      OUT +
        `\n<script type="module">\nimport * as ort from './ort.wasm.min.mjs';\n${SHOW}ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = './';\ntry { await ort.InferenceSession.create(new Uint8Array([8, 8])); show('ready'); } catch (error) { if (/model|protobuf|graph/i.test(error.message)) show('The runtime is ready'); else fail(error); }\n</script>`,
    ),
  );
});
layout(
  "h22-zstd-emscripten-vite",
  {
    expect: "dead",
    incident: "browser/failure-visible",
    note: "the library never settles when its module fails: the page says Loading for ever",
  },
  (w, d) =>
    vite(
      d,
      "",
      `import { init, compress } from '../../../npm/node_modules/@bokuweb/zstd-wasm/dist/web/index.web.js';\n${SHOW}init().then(() => show('zstd: ' + compress(new Uint8Array(5000), 3).length + ' bytes')).catch(fail);\n`,
    ),
);
layout("h23-worker-vite-tiktoken", R, (w, d) =>
  vite(
    d,
    "",
    `${SHOW}const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });\nworker.onmessage = ({ data }) => data.error ? fail(new Error(data.error)) : show(data.text);\nworker.onerror = (e) => { e.preventDefault(); fail(new Error('the worker did not start')); };\n`,
    "/",
    {
      "worker.js": `import { init, Tiktoken } from '../../../npm/node_modules/tiktoken/lite/init.js';\nimport url from '../../../npm/node_modules/tiktoken/lite/tiktoken_bg.wasm?url';\ninit((imports) => WebAssembly.instantiateStreaming(fetch(url), imports)).then(() => {\n const e = new Tiktoken('aGVsbG8= 0\\naA== 1\\nZQ== 2\\nbA== 3\\nbw== 4', {}, 'hello|.');\n postMessage({ text: e.encode('hello').length + ' token' });\n}).catch((error) => postMessage({ error: String(error.message ?? error) }));\n`,
    },
  ),
);
layout(
  "h24-csp-strict-good",
  {
    ...R,
    headers: [
      {
        match: ".",
        set: {
          "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
        },
      },
    ],
  },
  (w) => pngPage(w),
);
layout("h25-modulepreload-integrity-good", R, (w) => {
  pngPage(w, {
    head: `<link rel="modulepreload" href="squoosh_png.js" integrity="sha384-${crypto.createHash("sha384").update(rd(PNG)).digest("base64")}"><link rel="preload" href="squoosh_png_bg.wasm" as="fetch" type="application/wasm" crossorigin>`,
  });
});
layout(
  "h26-isolated-worker",
  {
    ...R,
    headers: [
      {
        match: ".",
        set: {
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        },
      },
    ],
  },
  (w) => {
    const m = wat(
      '(module (import "env" "memory" (memory 1 4 shared)) (func (export "add") (param i32) (result i32) i32.const 0 local.get 0 i32.atomic.rmw.add))',
    );
    w("m.wasm", m);
    w(
      "worker.js",
      `onmessage = async ({ data: { module, memory } }) => { const i = await WebAssembly.instantiate(module, { env: { memory } }); i.exports.add(1); postMessage('done'); };\n`,
    );
    w("index.html", page("Threads", OUT + '\n<script type="module" src="app.js"></script>'));
    w(
      "app.js",
      `${SHOW}try {\n  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });\n  const module = await WebAssembly.compileStreaming(fetch('m.wasm'));\n  const worker = new Worker('worker.js');\n  worker.onerror = (e) => { e.preventDefault(); fail(new Error('the worker did not start')); };\n  worker.onmessage = () => show('Count: ' + new Int32Array(memory.buffer)[0]);\n  worker.postMessage({ module, memory });\n} catch (error) { fail(error); }\n`,
    );
  },
);
layout("h27-retry-backoff", R, (w) => {
  pngPage(w);
  w(
    "app.js",
    `import init, { encode } from './squoosh_png.js';\n${SHOW}const attempt = async (n) => { try { const r = await fetch('squoosh_png_bg.wasm'); if (!r.ok) throw new Error('status ' + r.status); await init(r); } catch (e) { if (n === 3) throw e; await new Promise((ok) => setTimeout(ok, 400 * 2 ** n)); return attempt(n + 1); } };\nattempt(0).then(() => show('PNG of ' + encode(new Uint8Array(16384), 64, 64, 8).length + ' bytes')).catch(fail);\n`,
  );
});
layout("h28-load-after-1500ms", R, (w) => {
  pngPage(w);
  w(
    "app.js",
    `${SHOW}setTimeout(async () => { try { const m = await import('./squoosh_png.js'); await m.default(); show('PNG of ' + m.encode(new Uint8Array(16384), 64, 64, 8).length + ' bytes'); } catch (error) { fail(error); } }, 1500);\n`,
  );
});
layout("h29-zstd-timeout-error", R, (w, d) =>
  vite(
    d,
    "",
    `import { init, compress } from '../../../npm/node_modules/@bokuweb/zstd-wasm/dist/web/index.web.js';\n${SHOW}const late = new Promise((_, no) => setTimeout(() => no(new Error('no answer for 3 s')), 3000));\nPromise.race([init(), late]).then(() => show('zstd: ' + compress(new Uint8Array(5000), 3).length + ' bytes')).catch(fail);\n`,
  ),
);
layout("h30-button-warms-on-hover-animated", R, (w) => {
  w(
    "index.html",
    page(
      "PNG on demand",
      BUTTON +
        '\n<div style="width:40px;height:40px;background:red;animation:s 1s infinite"></div><style>@keyframes s{to{transform:translateX(90px)}}</style><p id="clock"></p>\n<script type="module" src="app.js"></script>',
    ),
  );
  w(
    "app.js",
    clickPng() +
      `setInterval(() => { document.querySelector('#clock').textContent = 'Now: ' + Date.now(); fetch('ping.txt').catch(() => {}); }, 200);\n`,
  );
  w("ping.txt", "pong");
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
});
const lazyRoute = (w, head, extra = "") => {
  w("squoosh_png.js", rd(PNG));
  w("squoosh_png_bg.wasm", rd(PNGW));
  w(
    "index.html",
    page(
      "Routes",
      '<nav><a href="/about">About</a> <a href="/tool">Tool</a></nav>\n<main id="out" role="status">Home</main>\n<script type="module" src="/app.js"></script>',
      head,
    ),
  );
  w(
    "app.js",
    `${SHOW}const routes = { '/': async () => show('Home'), '/about': async () => show('About'), '/tool': async () => { show('Loading…'); const m = await import('/squoosh_png.js'); await m.default(); show('PNG of ' + m.encode(new Uint8Array(16384), 64, 64, 8).length); } };\nconst go = () => (routes[location.pathname] ?? routes['/'])().catch(fail);\ndocument.querySelector('nav').addEventListener('click', (e) => { const a = e.target.closest('a'); if (!a) return; e.preventDefault(); history.pushState(null, '', a.href); go(); });\naddEventListener('popstate', go); go();\n${extra}`,
  );
};
layout("h31-lazy-route-analytics-404", { ...R, spaRoutes: "^/(tool|about)$" }, (w) =>
  lazyRoute(w, '<script async src="/metrics/collect.js"></script>'),
);
layout(
  "h32-lazy-route-csp-analytics",
  {
    ...R,
    spaRoutes: "^/(tool|about)$",
    headers: [
      {
        match: ".",
        set: {
          "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
        },
      },
    ],
  },
  (w) => lazyRoute(w, "<script>window.metrics = [];</script>"),
);
layout("h33-lazy-route-unrelated-uncaught", { ...R, spaRoutes: "^/(tool|about)$" }, (w) =>
  lazyRoute(
    w,
    '<script>setTimeout(() => { document.querySelector("#banner").hidden = false; }, 50);</script>',
  ),
);
layout("h34-route-hash-third-party-down", { ...R, spaRoutes: "^/(tool|about)$" }, (w) =>
  lazyRoute(w, '<script async src="http://127.0.0.1:9/tag.js"></script>'),
);
// ================= broken
const dead = (incident, extra = {}) => ({ expect: "dead", incident, ...extra });
const csp = (v) => ({ headers: [{ match: "(/|html)$", set: { "content-security-policy": v } }] });
layout(
  "b01-f1-heuristic",
  dead("delivery/entry-not-revalidated|delivery/long-cache-unhashed", {
    cache: null,
    lastModified: 90,
    alive: true,
    headers: [{ match: "(/|html)$", set: { "cache-control": "no-cache" } }],
  }),
  (w) => pngPage(w),
);
layout("b02-f6-resvg-versions", dead("delivery/shim-matches-binary"), (w) => {
  w("resvg.mjs", rd("resvg241/index.mjs"));
  w("resvg.wasm", rd("@resvg/resvg-wasm/index_bg.wasm"));
  w(
    "index.html",
    page(
      "resvg",
      OUT +
        `\n<script type="module">\nimport { initWasm, Resvg } from './resvg.mjs';\n${SHOW}try {\n  await initWasm(fetch('resvg.wasm'));\n  show('PNG of ' + new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>').render().asPng().length);\n} catch (error) { fail(error); }\n</script>`,
    ),
  );
});
layout("b03-f8-loader-404", dead("delivery/answers"), (w) => {
  pngPage(w);
  fs.rmSync(w.dir + "/squoosh_png.js");
});
layout(
  "b04-f9-mjs-octet",
  dead("delivery/shim-is-script", { types: { mjs: "application/octet-stream" } }),
  (w) => {
    pngPage(w);
    w("app.mjs", usePng("./squoosh_png.mjs"));
    fs.renameSync(w.dir + "/squoosh_png.js", w.dir + "/squoosh_png.mjs");
    fs.rmSync(w.dir + "/app.js");
    w("index.html", page("PNG", OUT + '\n<script type="module" src="app.mjs"></script>'));
  },
);
layout("b05-loader-is-html", dead("delivery/shim-is-script", { spa: true }), (w) => {
  pngPage(w);
  fs.rmSync(w.dir + "/squoosh_png.js");
});
layout("b06-module-404", dead("delivery/module-is-valid"), (w) => {
  pngPage(w);
  fs.rmSync(w.dir + "/squoosh_png_bg.wasm");
});
layout("b07-f16-lfs", dead("delivery/module-is-valid"), (w) => {
  pngPage(w);
  w(
    "squoosh_png_bg.wasm",
    `version https://git-lfs.github.com/spec/v1\noid sha256:${crypto.createHash("sha256").update(rd(PNGW)).digest("hex")}\nsize 181088\n`,
  );
});
layout("b08-f16-base64", dead("delivery/module-is-valid"), (w) => {
  pngPage(w);
  w("squoosh_png_bg.wasm", rd(PNGW).toString("base64"));
});
layout("b09-f16-utf8-mangled", dead("delivery/module-is-valid"), (w) => {
  pngPage(w);
  w("squoosh_png_bg.wasm", rd(PNGW).toString("utf8"));
});
layout("b10-truncated", dead("delivery/module-is-valid"), (w) => {
  pngPage(w);
  w("squoosh_png_bg.wasm", rd(PNGW).subarray(0, 120000));
});
layout("b11-f11-import-wasm", dead("delivery/shim-matches-binary"), (w) => {
  for (const f of ["brotli_wasm.js", "brotli_wasm_bg.js", "brotli_wasm_bg.wasm"])
    w(f, rd("brotli-wasm/pkg.bundler/" + f));
  w(
    "index.html",
    page(
      "Brotli",
      OUT +
        `\n<script type="module">\nimport * as b from './brotli_wasm.js';\n${SHOW}show('Brotli: ' + b.compress(new Uint8Array(1000)).length);\n</script>`,
    ),
  );
});
layout("b12-f12-modulepreload-integrity", dead("delivery/hash-matches-content"), (w) => {
  pngPage(w, {
    head: `<link rel="modulepreload" href="squoosh_png.js" integrity="sha384-${crypto.createHash("sha384").update("old").digest("base64")}">`,
  });
});
layout(
  "b13-csp-no-wasm",
  dead("delivery/cross-origin", csp("default-src 'self'; script-src 'self'")),
  (w) => pngPage(w),
);
layout(
  "b14-csp-loader-origin",
  dead("delivery/cross-origin", {
    ...csp("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *"),
    other: {
      headers: [
        {
          match: ".",
          set: {
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
          },
        },
      ],
    },
  }),
  (w, d) => {
    w("index.html", page("PNG", OUT + '\n<script type="module" src="app.js"></script>'));
    w("app.js", usePng("http://127.0.0.1:18702/squoosh_png.js"));
    const o = writer(d + "/other");
    o("squoosh_png.js", rd(PNG));
    o("squoosh_png_bg.wasm", rd(PNGW));
  },
);
const workerPage = (w, src = "new Worker('worker.js', { type: 'module' })") => {
  pngPage(w);
  w("index.html", page("PNG", OUT + '\n<script type="module" src="app.js"></script>'));
  w(
    "worker.js",
    `import init, { encode } from './squoosh_png.js';\ninit().then(() => postMessage({ text: 'PNG of ' + encode(new Uint8Array(16384), 64, 64, 8).length })).catch((e) => postMessage({ error: String(e.message) }));\n`,
  );
  w(
    "app.js",
    `${SHOW}try {\n  const worker = ${src};\n  worker.onmessage = ({ data }) => data.error ? fail(new Error(data.error)) : show(data.text);\n  worker.onerror = (e) => { e.preventDefault(); fail(new Error(e.message ?? 'the worker did not start')); };\n} catch (error) { fail(error); }\n`,
  );
};
layout(
  "b15-worker-src",
  dead(
    "delivery/cross-origin",
    csp("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"),
  ),
  (w) => workerPage(w),
);
layout(
  "b16-coep-no-corp",
  dead("delivery/cross-origin", {
    headers: [
      {
        match: "(/|html)$",
        set: {
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        },
      },
    ],
  }),
  (w, d) => {
    const o = writer(d + "/other");
    o("sql-wasm.js", rd("sql.js/dist/sql-wasm.js"));
    w("sql-wasm.wasm", rd("sql.js/dist/sql-wasm.wasm"));
    w(
      "index.html",
      page(
        "sql.js",
        OUT +
          `\n<script src="http://localhost:18702/sql-wasm.js"></script>\n<script>\n${SHOW}try { initSqlJs({ locateFile: () => '/sql-wasm.wasm' }).then((SQL) => show('SQLite ' + new SQL.Database().exec('select sqlite_version()')[0].values[0][0])).catch(fail); } catch (error) { fail(error); }\n</script>`,
      ),
    );
  },
);
layout("b17-sab-no-isolation", dead("delivery/cross-origin"), (w) => {
  const m = wat(
    '(module (import "env" "memory" (memory 1 4 shared)) (func (export "add") (param i32) (result i32) i32.const 0 local.get 0 i32.atomic.rmw.add))',
  );
  w("m.wasm", m);
  w("index.html", page("Threads", OUT + '\n<script type="module" src="app.js"></script>'));
  w(
    "app.js",
    `${SHOW}try {\n  const shared = new SharedArrayBuffer(4);\n  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });\n  const { instance } = await WebAssembly.instantiateStreaming(fetch('m.wasm'), { env: { memory } });\n  instance.exports.add(1); show('ok');\n} catch (error) { fail(error); }\n`,
  );
});
const small = (w, m, imports = "{}", extra = "") => {
  w("app.wasm", m);
  w("index.html", page("App", OUT + '\n<script type="module" src="app.js"></script>'));
  w(
    "app.js",
    `${SHOW}const { instance } = await WebAssembly.instantiateStreaming(fetch('app.wasm'), ${imports})${extra};\nshow('Answer: ' + instance.exports.run());\n`,
  );
};
layout("b18-link-error-uncaught", dead("browser/shim-runs"), (w) =>
  small(
    w,
    wat(
      '(module (import "env" "now" (func $n (result i32))) (func (export "run") (result i32) call $n))',
    ),
    "{ env: {} }",
  ),
);
layout("b19-console-only", dead("browser/shim-runs"), (w) => {
  w(
    "app.wasm",
    wat(
      '(module (import "env" "now" (func $n (result i32))) (func (export "run") (result i32) call $n))',
    ),
  );
  w("index.html", page("App", OUT + '\n<script type="module" src="app.js"></script>'));
  w(
    "app.js",
    `${SHOW}WebAssembly.instantiateStreaming(fetch('app.wasm'), { env: { } }).then(({ instance }) => show('Answer: ' + instance.exports.run())).catch((error) => console.error(error));\n`,
  );
});
layout("b20-start-traps", dead("browser/shim-runs"), (w) =>
  small(
    w,
    wat('(module (func $s unreachable) (start $s) (func (export "run") (result i32) i32.const 1))'),
  ),
);
layout("b21-cors", dead("delivery/cross-origin"), (w, d) => {
  pngPage(w);
  fs.rmSync(w.dir + "/squoosh_png_bg.wasm");
  w("app.js", usePng("./squoosh_png.js", "new URL('http://localhost:18702/squoosh_png_bg.wasm')"));
  const o = writer(d + "/other");
  o("squoosh_png_bg.wasm", rd(PNGW));
});
layout(
  "b22-f13-old-index-br",
  dead("delivery/same-bytes-everywhere|delivery/answers", { siblings: true }),
  (w, d) => {
    const m = rd(PNGW),
      g = Buffer.from(pngGlue("squoosh." + hash(m) + ".wasm")),
      a = Buffer.from(usePng("./glue." + hash(g) + ".js"));
    w("squoosh." + hash(m) + ".wasm", m);
    w("glue." + hash(g) + ".js", g);
    w("app." + hash(a) + ".js", a);
    w("index.html", page("PNG", OUT + `\n<script type="module" src="app.${hash(a)}.js"></script>`));
    w(
      "index.html.br",
      require("node:zlib").brotliCompressSync(
        page("PNG", OUT + '\n<script type="module" src="app.0123456789ab.js"></script>'),
      ),
    );
  },
);
layout(
  "b23-worker-without-coep",
  dead("delivery/cross-origin", {
    headers: [
      {
        match: "(/|html)$",
        set: {
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        },
      },
    ],
  }),
  (w) => workerPage(w),
);
layout(
  "b24-worker-cross-origin",
  dead("delivery/cross-origin", {
    other: { headers: [{ match: ".", set: { "access-control-allow-origin": "*" } }] },
  }),
  (w, d) => {
    workerPage(w, "new Worker('http://localhost:18702/worker.js', { type: 'module' })");
    const o = writer(d + "/other");
    for (const f of ["worker.js", "squoosh_png.js", "squoosh_png_bg.wasm"])
      o(f, fs.readFileSync(w.dir + "/" + f));
  },
);
layout("b25-f17-403-tools", { expect: "doubt", refuseTools: true }, (w) => pngPage(w));
layout(
  "b26-wasm-octet-stream",
  dead("delivery/mime-type", { types: { wasm: "application/octet-stream" } }),
  (w) => {
    small(w, wat('(module (func (export "run") (result i32) i32.const 1))'));
  },
);
layout("b27-run-traps", dead("browser/shim-runs"), (w) =>
  small(w, wat('(module (func (export "run") (result i32) unreachable))')),
);
layout("b28-caught-nothing-shown", dead("browser/failure-visible", { alive: true }), (w) => {
  w("app.wasm", wat('(module (func (export "run") (result i32) i32.const 1))'));
  w(
    "index.html",
    page("App", '<p id="out" role="status"></p>\n<script type="module" src="app.js"></script>'),
  );
  w(
    "app.js",
    `${SHOW}WebAssembly.instantiateStreaming(fetch('app.wasm')).then(({ instance }) => show('Answer: ' + instance.exports.run())).catch((error) => console.error(error));\n`,
  );
});
layout("b29-caught-wrong-imports-js", dead("browser/shim-runs"), (w) => {
  w("app.wasm", wat('(module (func (export "run") (result i32) i32.const 1))'));
  w("index.html", page("App", OUT + '\n<script type="module" src="app.js"></script>'));
  w(
    "app.js",
    `${SHOW}WebAssembly.instantiateStreaming(fetch('app.wasm')).then(({ instance }) => show('Answer: ' + instance.exports.compute())).catch(fail);\n`,
  );
});
layout(
  "b30-script-src-inline-blocked",
  dead("delivery/cross-origin", csp("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")),
  (w) => {
    pngPage(w);
    w("index.html", page("PNG", OUT + '\n<script type="module">\n' + usePng() + "</script>"));
  },
);

layout(
  "b31-two-buttons-mjs-octet",
  dead("delivery/shim-is-script", { types: { mjs: "application/octet-stream" } }),
  (w) => {
    w("app.mjs", clickPng("./squoosh_png.mjs"));
    w("squoosh_png.mjs", rd(PNG));
    w("squoosh_png_bg.wasm", rd(PNGW));
    w(
      "index.html",
      page(
        "PNG",
        '<button id="help" type="button">Help</button> ' +
          BUTTON +
          '\n<script type="module" src="app.mjs"></script>',
      ),
    );
  },
);
function writer(dir) {
  const w = (f, b) => {
    const p = path.join(dir, f);
    fs.mkdirSync(path.dirname(p), { recursive: true });
    fs.writeFileSync(p, b);
  };
  w.dir = dir;
  return w;
}
for (const [name, conf, make] of jobs) {
  if (filter && !new RegExp(filter).test(name)) continue;
  const d = L + name;
  fs.rmSync(d, { recursive: true, force: true });
  fs.mkdirSync(d + "/www", { recursive: true });
  try {
    await make(writer(d + "/www"), d);
    fs.writeFileSync(d + "/layout.json", JSON.stringify(conf, null, 1));
  } catch (e) {
    console.log(name, "FAILED", e.message);
    process.exitCode = 1;
  }
}
console.log(fs.readdirSync(L).length, "layouts");

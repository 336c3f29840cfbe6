// A small correct static server. serve(dir, port, conf) -> close()
import http from "node:http";
import https from "node:https";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import crypto from "node:crypto";
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  wasm: "application/wasm",
  css: "text/css; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  txt: "text/plain; charset=utf-8",
  map: "application/json",
  data: "application/octet-stream",
  ico: "image/x-icon",
};
const coded = new Map();
function encode(file, body, coding) {
  const key = file + "|" + coding + "|" + fs.statSync(file).mtimeMs;
  let got = coded.get(key);
  if (!got) {
    const disk = path.join(
      process.env.FIELD + "/.coded",
      crypto.createHash("sha1").update(body).digest("hex") + "." + coding,
    );
    if (fs.existsSync(disk)) got = fs.readFileSync(disk);
    else {
      got =
        coding === "br"
          ? zlib.brotliCompressSync(body, {
              params: { [zlib.constants.BROTLI_PARAM_QUALITY]: body.length > 4e6 ? 6 : 10 },
            })
          : zlib.gzipSync(body, { level: 9 });
      fs.mkdirSync(process.env.FIELD + "/.coded", { recursive: true });
      fs.writeFileSync(disk, got);
    }
    coded.set(key, got);
  }
  return got;
}
function offers(header) {
  // RFC 9110 12.5.3
  const q = {};
  for (const part of (header ?? "").split(",")) {
    const [name, ...ps] = part
      .trim()
      .toLowerCase()
      .split(";")
      .map((s) => s.trim());
    if (!name) continue;
    let v = 1;
    for (const p of ps) if (p.startsWith("q=")) v = Number(p.slice(2));
    q[name] = v;
  }
  const of = (c) =>
    q[c] ??
    (c === "gzip" ? q["x-gzip"] : undefined) ??
    (c === "identity" ? undefined : q["*"]) ??
    0;
  const id = q.identity ?? (q["*"] === 0 ? 0 : 0.0001);
  const ranked = [
    ["br", of("br")],
    ["gzip", of("gzip")],
    ["identity", id],
  ]
    .filter(([, v]) => v > 0)
    .sort((a, b) => b[1] - a[1]);
  return ranked[0]?.[0];
}
export function serve(dir, port, conf = {}, tls) {
  const handler = (req, res) => {
    let p;
    try {
      p = decodeURIComponent(req.url.split("?")[0]);
    } catch {
      res.writeHead(400).end();
      return;
    }
    if (process.env.LOG)
      console.error(
        req.method,
        req.url,
        req.headers["accept-encoding"] ?? "-",
        (req.headers["user-agent"] ?? "").slice(-30),
      );
    const base = conf.base ?? "/";
    const out = {};
    const rules = (conf.headers ?? []).filter((r) => new RegExp(r.match).test(p));
    if (conf.refuseTools && !/Chrome\//.test(req.headers["user-agent"] ?? "")) {
      res.writeHead(403, { "content-type": "text/html", "cache-control": "no-store" });
      res.end("<!doctype html><title>403</title><h1>Forbidden</h1>");
      return;
    }
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    let status = 200;
    if (base !== "/" && p === base.slice(0, -1)) {
      res.writeHead(308, { location: base, "cache-control": "no-cache" }).end();
      return;
    }
    const inner = p.startsWith(base) ? p.slice(base.length - 1) : "/\0";
    let file =
      inner.includes("\0") || inner.split("/").includes("..") ? null : path.join(dir, inner);
    if (file && file.endsWith("/")) file += "index.html";
    if (file && !(fs.existsSync(file) && fs.statSync(file).isFile())) file = null;
    if (!file && conf.spa && p.startsWith(base)) file = path.join(dir, "index.html");
    if (!file && conf.spaRoutes && new RegExp(conf.spaRoutes).test(p))
      file = path.join(dir, "index.html");
    if (!file) {
      const body = "<!doctype html><title>Not found</title><p>Not found\n";
      res.writeHead(404, {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "content-length": Buffer.byteLength(body),
        ...(conf.on404 ?? {}),
      });
      res.end(req.method === "HEAD" ? "" : body);
      return;
    }
    let body = fs.readFileSync(file);
    const ext = file.split(".").pop();
    out["content-type"] = (conf.types ?? {})[ext] ?? TYPES[ext] ?? "application/octet-stream";
    out["cache-control"] =
      conf.cache === null
        ? undefined
        : /[.-][0-9a-f]{8,}\.(wasm|js|mjs|css)$|\/assets\/.*-[\w-]{8}\.\w+$/.test(file)
          ? "public, max-age=31536000, immutable"
          : "no-cache";
    out.vary = "Accept-Encoding";
    let coding = offers(req.headers["accept-encoding"]);
    if (!coding) {
      res.writeHead(406, { vary: "Accept-Encoding", "cache-control": "no-cache" }).end();
      return;
    }
    if ((/^(image)\//.test(out["content-type"]) && ext !== "svg") || body.length < 150)
      coding =
        coding === "identity" ||
        req.headers["accept-encoding"] == null ||
        !/identity;q=0|\*;q=0/.test(req.headers["accept-encoding"])
          ? "identity"
          : coding;
    const sib =
      conf.siblings && coding !== "identity" ? file + (coding === "br" ? ".br" : ".gz") : null;
    let wire =
      coding === "identity"
        ? body
        : sib && fs.existsSync(sib)
          ? fs.readFileSync(sib)
          : encode(file, body, coding);
    if (coding !== "identity") out["content-encoding"] = coding;
    out.etag = '"' + crypto.createHash("sha1").update(wire).digest("hex").slice(0, 20) + '"';
    if (conf.lastModified)
      out["last-modified"] = new Date(Date.now() - conf.lastModified * 864e5).toUTCString();
    out["content-length"] = wire.length;
    for (const r of rules) {
      if (r.status) status = r.status;
      for (const [k, v] of Object.entries(r.set ?? {}))
        out[k.toLowerCase()] = v === null ? undefined : v;
    }
    for (const k in out) if (out[k] === undefined) delete out[k];
    const inm = req.headers["if-none-match"];
    if (
      status === 200 &&
      inm &&
      (inm === "*" ||
        inm
          .split(",")
          .map((s) => s.trim().replace(/^W\//, ""))
          .includes(out.etag))
    ) {
      delete out["content-length"];
      delete out["content-encoding"];
      delete out["content-type"];
      res.writeHead(304, out).end();
      return;
    }
    res.writeHead(status, out);
    res.end(req.method === "HEAD" ? undefined : wire);
  };
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  server.keepAliveTimeout = 60000;
  return new Promise((ok, no) => {
    server.on("error", no);
    server.listen(port, conf.listen ?? "127.0.0.1", () =>
      ok(() => {
        server.closeAllConnections();
        return new Promise((r) => server.close(r));
      }),
    );
  });
}
if (process.argv[1] === import.meta.filename) {
  const conf = JSON.parse(fs.readFileSync(path.join(process.argv[2], "layout.json")));
  await serve(path.join(process.argv[2], "www"), conf.port ?? 18701, conf);
  if (fs.existsSync(path.join(process.argv[2], "other")))
    await serve(path.join(process.argv[2], "other"), 18702, conf.other ?? {});
  console.log("up");
}

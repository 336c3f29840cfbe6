// node run.mjs [filter] [--truth] [--only-browser|--only-off] [--artefact]   runs layouts, prints one table. Records stay in out/NAME.{on,off}/
import fs from "node:fs";
import { spawn, execFile } from "node:child_process";
import { serve } from "./server.mjs";
const args = process.argv.slice(2),
  flags = args.filter((a) => a.startsWith("--")),
  filter = new RegExp(args.find((a) => !a.startsWith("--")) ?? ".");
const bin = process.env.GAUNTLET,
  root = process.env.FIELD + "/";
const run = (cmd, argv, ms) =>
  new Promise((ok) => {
    let out = "",
      err = "";
    const p = spawn(cmd, argv);
    const t = setTimeout(() => p.kill("SIGKILL"), ms);
    p.stdout.on("data", (d) => (out += d));
    p.stderr.on("data", (d) => (err += d));
    p.on("close", (code) => {
      clearTimeout(t);
      ok({ code, out, err });
    });
  });
const strip = (s) => s.replace(/\s+/g, " ");
const verdict = (o) => (o.match(/^(READY|NOT READY|INCONCLUSIVE|[A-Z ]{5,}): .*$/m) ?? ["?"])[0];
const rank = { note: 0, minor: 1, major: 2, critical: 3 };
function outcomes(dir) {
  let r;
  try {
    r = JSON.parse(fs.readFileSync(dir + "/run.json"));
  } catch {
    return [];
  }
  const found = [];
  const walk = (x) => {
    if (Array.isArray(x)) x.forEach(walk);
    else if (x && typeof x === "object") {
      if (x.incident && x.verdict) found.push(x);
      else Object.values(x).forEach(walk);
    }
  };
  walk(r);
  return found;
}
const rows = [];
for (const name of fs
  .readdirSync(root + "layouts")
  .sort()
  .filter((n) => filter.test(n))) {
  const d = root + "layouts/" + name;
  if (!fs.existsSync(d + "/layout.json")) continue;
  const conf = JSON.parse(fs.readFileSync(d + "/layout.json"));
  const close = [await serve(d + "/www", 18701, conf)];
  if (fs.existsSync(d + "/other")) close.push(await serve(d + "/other", 18702, conf.other ?? {}));
  const url = "http://" + (conf.host ?? "127.0.0.1") + ":18701" + (conf.path ?? "/");
  const row = { name, expect: conf.expect + (conf.incident ? ` ${conf.incident}` : "") };
  if (flags.includes("--truth")) {
    const t = await run(
      "/usr/bin/chromium",
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=8000",
        "--timeout=12000",
        "--dump-dom",
        url,
      ],
      40000,
    );
    row.truth = strip((t.out.match(/id="out"[^>]*>([^<]*)</) ?? [, "(no out)"])[1]).slice(0, 90);
  }
  for (const [mode, extra] of [
    ["on", []],
    ["off", ["--browser", "off"]],
  ]) {
    if (
      (flags.includes("--only-off") && mode === "on") ||
      (flags.includes("--only-browser") && mode === "off") ||
      flags.includes("--truth-only")
    )
      continue;
    const dir = (process.env.OUT ?? root + "out") + "/" + name + "." + mode;
    const t0 = Date.now();
    let r = { code: null, out: "", err: "" };
    if (!flags.includes("--replay")) {
      fs.rmSync(dir, { recursive: true, force: true });
    } else {
      try {
        r.out = fs.readFileSync(dir + "/stdout.txt", "utf8");
        r.code = JSON.parse(fs.readFileSync(dir + "/run.json")).exit_code;
      } catch {
        continue;
      }
    }
    const argv = ["run", "--site", url, "--out", dir, ...extra];
    if (!flags.includes("--replay")) {
      r = await run(bin, argv, 280000);
      fs.mkdirSync(dir, { recursive: true });
      fs.writeFileSync(dir + "/stdout.txt", r.out);
      fs.writeFileSync(dir + "/stderr.txt", r.err);
    }
    const all = outcomes(dir).filter(
      (o) => !["pass", "skip", "skipped", "passed"].includes(o.verdict),
    );
    const by = {};
    for (const o of all) {
      const sev = o.severity ?? "?";
      if (o.verdict === "fail" && rank[sev] < 1) continue;
      const k = `${o.verdict === "fail" ? "✗" : "?"} ${o.incident} ${o.verdict === "fail" ? sev : "inconclusive"}${o["caused-by"] ? " <- " + (Array.isArray(o["caused-by"]) ? o["caused-by"].join(",") : JSON.stringify(o["caused-by"])) : ""}`;
      (by[k] ??= []).push(o);
    }
    const named = (i) => all.some((o) => o.verdict === "fail" && o.incident === i);
    const bad = all.filter(
        (o) =>
          o.verdict === "fail" && rank[o.severity] >= 2 && !(conf.allow ?? []).includes(o.incident),
      ),
      open = all.filter((o) => o.verdict !== "fail"),
      minor = [
        ...new Set(
          all.filter((o) => o.verdict === "fail" && rank[o.severity] === 1).map((o) => o.incident),
        ),
      ];
    // Nothing but a browser can see these.
    const seenOnly = (conf.incident ?? "").split("|").every((one) => one.startsWith("browser/"));
    const wants = (conf.incident ?? "").split("|"),
      off = mode === "off";
    let judged;
    if (r.code === null) judged = "NO END";
    else if (conf.expect === "READY")
      judged = bad.length
        ? "FALSE " + [...new Set(bad.map((o) => o.incident))].join(",")
        : open.length
          ? "OPEN " + [...new Set(open.map((o) => o.incident))].join(",")
          : mode === "on" && !/compiled/.test(r.out.slice(0, 900))
            ? "ok, module unseen"
            : "ok";
    else if (conf.expect === "doubt")
      judged = /user-agent|firewall/i.test(open.map((o) => o.reason).join()) ? "ok" : "NO ADVICE";
    else {
      const roots = new Set(bad.filter((o) => !o["caused-by"]).map((o) => o.incident));
      judged = bad.length
        ? (wants.some(named) ? "ok" : "dead, not by " + wants[0]) +
          (roots.size > 1 ? " DUPLICATES " + [...roots].join(",") : "")
        : open.length
          ? "OPEN " + [...new Set(open.map((o) => o.incident))].join(",")
          : off && (!conf.alive || seenOnly) && /no browser looked/.test(r.out)
            ? "READY, no browser looked"
            : conf.open
              ? `open: ${conf.open}`
              : "MISSED";
    }
    row[mode] = {
      judged,
      minor,
      code: r.code,
      verdict: strip(verdict(r.out)),
      s: ((Date.now() - t0) / 1000).toFixed(0),
      by,
      words: (r.out.match(/seen with[^\n]*(\n {4,}\S[^\n]*)*|no browser looked[^\n]*/) ?? [""])[0],
    };
  }
  for (const c of close) await c();
  rows.push(row);
  print(row);
}
function print(r) {
  console.log(`\n## ${r.name}   expect ${r.expect}${r.truth ? `   TRUTH: ${r.truth}` : ""}`);
  for (const m of ["on", "off"])
    if (r[m]) {
      const x = r[m];
      console.log(
        `  ${m === "on" ? "browser" : "off    "} exit ${x.code} ${x.s}s  ${x.verdict.slice(0, 200)}${x.words ? `\n      [${strip(x.words).slice(0, 220)}]` : ""}`,
      );
      for (const [k, l] of Object.entries(x.by))
        console.log(`      ${k} ×${l.length}: ${strip(String(l[0].reason ?? "")).slice(0, 260)}`);
    }
}
console.log("\n| layout | expected | browser | off |\n|---|---|---|---|");
const cell = (x) =>
  !x
    ? ""
    : `${x.judged} (${x.code}${x.minor.length ? "; minor " + x.minor.map((k) => k.replace("delivery/", "")).join(",") : ""})`;
for (const r of rows) console.log(`| ${r.name} | ${r.expect} | ${cell(r.on)} | ${cell(r.off)} |`);

// The verdicts of a run as a Markdown table, one incident on each line: `table.mjs NAME RUN.JSON`.
import { readFileSync } from "node:fs";

const [name, file] = process.argv.slice(2);
const { outcomes } = JSON.parse(readFileSync(file, "utf8"));
const verdicts = ["pass", "fail", "inconclusive", "skipped"];
const rows = new Map();
for (const { incident, verdict } of outcomes) {
  const row = rows.get(incident) ?? new Map();
  row.set(verdict, (row.get(verdict) ?? 0) + 1);
  rows.set(incident, row);
}
console.log(`| ${name} | ${verdicts.join(" | ")} |\n|---|${verdicts.map(() => "---:|").join("")}`);
for (const [incident, row] of [...rows].sort()) {
  const ran = verdicts.slice(0, 3).some((verdict) => row.has(verdict));
  if (ran) console.log(`| ${incident} | ${verdicts.map((v) => row.get(v) ?? "").join(" | ")} |`);
}
const passed = outcomes.some(({ verdict }) => verdict === "pass");
if (!passed) throw new Error("nothing passed: the server was not there, or nothing fits it");

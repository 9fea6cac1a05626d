// Prints what the built page weighs, compressed, and fails where the first load is too heavy.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const page = new URL("../../src/studiolo/_ui/", import.meta.url).pathname;
const MOST_SCRIPT = 250 * 1024;

const compressed = (file) => gzipSync(readFileSync(join(page, file)), { level: 9 }).length;
const html = readFileSync(join(page, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((found) => found[1]);

for (const file of readdirSync(join(page, "assets")).sort()) {
  if (!/\.(js|css)$/.test(file)) continue;
  const when = first.includes(`assets/${file}`) ? "first load" : "on use";
  console.log(`${(compressed(`assets/${file}`) / 1024).toFixed(1).padStart(7)} KB  ${when}  ${file}`);
}
const script = first.map(compressed).reduce((sum, size) => sum + size, 0);
console.log(`${(script / 1024).toFixed(1)} KB of script in the first load; the limit is ${MOST_SCRIPT / 1024} KB.`);
process.exit(script > MOST_SCRIPT ? 1 : 0);

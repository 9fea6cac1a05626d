// Prints what the built page weighs, compressed, and fails where a page needs too much script before it
// is painted. The heaviest of those that people begin with is a canvas that is opened directly.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const page = new URL("../../src/studiolo/_ui/", import.meta.url).pathname;
const MOST_SCRIPT = 250 * 1024;

const read = (file) => readFileSync(join(page, "assets", file));
const compressed = (file) => gzipSync(read(file), { level: 9 }).length;
const kilobytes = (size) => (size / 1024).toFixed(1);
const files = readdirSync(join(page, "assets")).sort();

/** Scripts with all that they import, apart from what they load later. */
function withImports(scripts, found = new Set()) {
  for (const script of scripts) {
    if (found.has(script)) continue;
    found.add(script);
    const imports = read(script).toString().matchAll(/(?:^|[;}])import(?:[\w$*{},\s]*?from)?\s*["']\.\/([^"']+\.js)["']/g);
    withImports([...imports].map((one) => one[1]), found);
  }
  return found;
}

const html = readFileSync(join(page, "index.html"), "utf8");
const first = withImports([...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map((one) => one[1]));
const canvas = files.filter((file) => /^canvas-[^.]+\.js$/.test(file));
if (canvas.length !== 1) throw new Error(`The canvas is one script, not ${canvas.length}.`);
const pages = { "any page": first, "a canvas": withImports([...first, ...canvas]) };

for (const file of files) {
  if (!/\.(js|css)$/.test(file)) continue;
  const when = first.has(file) ? "any page" : pages["a canvas"].has(file) ? "a canvas" : "on use";
  console.log(`${kilobytes(compressed(file)).padStart(7)} KB  ${when.padEnd(8)}  ${file}`);
}
let heavy = false;
for (const [name, scripts] of Object.entries(pages)) {
  const size = [...scripts].map(compressed).reduce((sum, one) => sum + one, 0);
  console.log(`${kilobytes(size)} KB of script before ${name} is painted; the limit is ${kilobytes(MOST_SCRIPT)} KB.`);
  heavy ||= size > MOST_SCRIPT;
}
process.exit(heavy ? 1 : 0);

// Prints what the built page weighs, compressed, and fails where a page needs too much script before it
// is painted. The heaviest of those that people begin with is a canvas that is opened directly.
import { gzipSync } from "node:zlib";
import { files, first, ofCanvas, read } from "./scripts.mjs";

const MOST_SCRIPT = 250 * 1024;

const compressed = (file) => gzipSync(read(file), { level: 9 }).length;
const kilobytes = (size) => (size / 1024).toFixed(1);
const pages = { "any page": first, "a canvas": ofCanvas };

for (const file of files) {
  if (!/\.(js|css)$/.test(file)) continue;
  const when = first.has(file) ? "any page" : ofCanvas.has(file) ? "a canvas" : "on use";
  console.log(`${kilobytes(compressed(file)).padStart(7)} KB  ${when.padEnd(8)}  ${file}`);
}
let heavy = false;
for (const [name, scripts] of Object.entries(pages)) {
  const size = [...scripts].map(compressed).reduce((sum, one) => sum + one, 0);
  console.log(`${kilobytes(size)} KB of script before ${name} is painted; the limit is ${kilobytes(MOST_SCRIPT)} KB.`);
  heavy ||= size > MOST_SCRIPT;
}
process.exit(heavy ? 1 : 0);

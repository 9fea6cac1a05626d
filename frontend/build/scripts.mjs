// The scripts of the built page: which of them a page loads before it is painted.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const page = new URL("../../src/studiolo/_ui/", import.meta.url).pathname;
export const html = readFileSync(join(page, "index.html"), "utf8");
export const files = readdirSync(join(page, "assets")).sort();

export const read = (file) => readFileSync(join(page, "assets", file));

/** Scripts with all that they import, apart from what they load later. */
export function withImports(scripts, found = new Set()) {
  for (const script of scripts) {
    if (found.has(script)) continue;
    found.add(script);
    const imports = read(script).toString().matchAll(/(?:^|[;}])import(?:[\w$*{},\s]*?from)?\s*["']\.\/([^"']+\.js)["']/g);
    withImports([...imports].map((one) => one[1]), found);
  }
  return found;
}

/** Of every page. */
export const first = withImports([...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map((one) => one[1]));

/** Of a canvas, which are those of every page and more. */
const canvas = files.filter((file) => /^canvas-[^.]+\.js$/.test(file));
if (canvas.length !== 1) throw new Error(`The canvas is one script, not ${canvas.length}.`);
export const ofCanvas = withImports([...first, ...canvas]);

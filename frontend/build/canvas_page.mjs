// Writes the page of a canvas: the one page, with all that a canvas needs, so that the browser asks for it at once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { files, first, html, ofCanvas, page } from "./scripts.mjs";

const stem = (file) => file.replace(/-[^-.]+\.(js|css)$/, "");

const scripts = [...ofCanvas].filter((script) => !first.has(script));
const stems = new Set(scripts.map(stem));
const styles = files.filter((file) => file.endsWith(".css") && stems.has(stem(file)));
const links = [
  ...scripts.map((script) => `    <link rel="modulepreload" crossorigin href="/assets/${script}">\n`),
  ...styles.map((style) => `    <link rel="stylesheet" crossorigin href="/assets/${style}">\n`),
];
writeFileSync(join(page, "canvas.html"), html.replace("  </head>", `${links.join("")}  </head>`));

// Writes each text file of the built page compressed beside it, as the server sends it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const page = new URL("../../src/studiolo/_ui/", import.meta.url).pathname;

for (const file of readdirSync(page, { recursive: true })) {
  if (!/\.(js|css|svg)$/.test(file)) continue;
  const content = readFileSync(join(page, file));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(join(page, `${file}.br`), brotliCompressSync(content, { params }));
  writeFileSync(join(page, `${file}.gz`), gzipSync(content, { level: 9 }));
}

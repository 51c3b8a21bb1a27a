// The files that make up the page, as the build lists them.
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, root } from "./paths.mjs";

/* [{path: as it is served, file}] */
export function assets() {
  const text = fs.readFileSync(path.join(build, "gen", "assets.def"), "utf8");
  return [...text.matchAll(/^ASSET\(\w+, "([^"]+)", "[^"]+", "([^"]+)"\)$/gm)]
    .map(([, served, file]) => ({ path: served, file: path.join(root, file) }));
}

/* Bytes of all of them, each by itself, as a proxy would send them. */
export function compressedAssets() {
  return assets().reduce((sum, { file }) =>
    sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0);
}

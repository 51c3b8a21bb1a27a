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

/* Bytes of a file as a proxy would send it. */
export const compressed = (file) => gzipSync(fs.readFileSync(file), { level: 9 }).length;

/* Of all that the page loads, each by itself; /docs is a document of its own. */
export function compressedAssets() {
  return assets().filter(({ path }) => path !== "/docs")
    .reduce((sum, { file }) => sum + compressed(file), 0);
}

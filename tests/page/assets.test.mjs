// The files of the page.
import assert from "node:assert/strict";
import test from "node:test";
import { assets, compressedAssets } from "../lib/assets.mjs";

const MOST = 150000;

test("all files of the page are small", () => {
  assert.ok(assets().length > 30, `${assets().length} files`);
  const bytes = compressedAssets();
  assert.ok(bytes > 20000 && bytes <= MOST, `${bytes} bytes with gzip`);
});

// What axe-core finds wrong with a page for people who see, hear or move otherwise.
import fs from "node:fs";
import path from "node:path";
import * as paths from "./paths.mjs";

const SOURCE = fs.readFileSync(path.join(paths.tests, "node_modules/axe-core/axe.min.js"), "utf8");
const BAD = ["serious", "critical"];

/* The serious findings, as lines of text. */
export async function findings(page) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(SOURCE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { preload: false }));
  return violations.filter(({ impact }) => BAD.includes(impact)).flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`));
}

// The examples of README.md and of the manual.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

/* The fenced blocks of a document: {language, text, at}. */
export function fencedBlocks(file) {
  const text = fs.readFileSync(path.join(root, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, block], i, all) =>
    ({ language, text: block, at: text.slice(0, all[i].index).split("\n").length }));
}

/* The literal displays of a page of the manual, as they are read. */
export function displays(page) {
  const text = fs.readFileSync(path.join(root, "schema", "manual", `${page}.in`), "utf8");
  return [...text.matchAll(/^\.Bd -literal.*\n([\s\S]*?)^\.Ed$/gm)]
    .map(([, block]) => block.replaceAll("\\e", "\\").replaceAll("\\&", ""));
}

/* What is typed: lines behind "$ " and, where they go on, "> ". */
export function typed(display) {
  return display.split("\n").filter((line) => /^[$>] /.test(line))
    .map((line) => line.slice(2)).join("\n");
}

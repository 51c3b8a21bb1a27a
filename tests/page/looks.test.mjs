// The views of results wide and narrow, light and dark. The pictures go to build/screenshots.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { drawn, launch, openPage } from "../lib/browser.mjs";
import { screenshots } from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 400, height: 800 } },
};

const VIEWS = {
  "results-job": ["#/jobs/1", "canvas"],
  "results-job-seeds": ["#/jobs/2?seeds=1&x=samples&at=0.8", "canvas"],
  "results-runs": ["#/runs", "td.c-name a"],
  "results-runs-error": ["#/runs?filter=m0+%3E+and+state", ".place"],
  "results-cells": ["#/runs?by=cell", "td.number:has-text('±')"],
  "results-run": ["#/runs/3?y=m1&x=samples", "canvas"],
  "results-compare": ["#/compare?cells=1:0,1:3,2", "canvas"],
};

const overflow = (page) => page.evaluate(() => {
  const wide = [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 &&
    !element.closest(".scroll, .vscroll, pre, dialog, .chart"));
  return { scroll: Math.max(0, document.scrollingElement.scrollWidth - innerWidth),
    wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) };
});

test("looks of results", { timeout: 240000 }, async (t) => {
  fs.mkdirSync(screenshots, { recursive: true });
  const browser = await launch(t);
  const server = await startServer(t);
  await server.submit(spec(long, { name: "Energy against the size of the network",
    tags: ["size", "first"], seeds: 4, evaluate: { every: 100 },
    note: "Does a larger network pay more for learning the same task?",
    stop: { accuracy: 0.97, epochs: 8 }, sweep: { "/network/hidden/0": [8, 16, 32, 64, 128],
      "/training/learning_rate": [0.005, 0.02] } }));
  await server.submit(spec(short, { name: "rules side by side", seeds: 5, evaluate: { every: 100 },
    stop: { accuracy: 0.9, epochs: 5 }, sweep: { "/plasticity": [{}, { gate: "wrong" },
      { compete: { fraction: [0.05, 1] } }, { subnet: { units: 6 } }] } }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 } }));
  for (const job of [1, 2, 3]) await server.done(job);
  await server.submit(spec(endless, { name: "at work", seeds: 4 }));

  for (const [look, options] of Object.entries(LOOKS)) {
    await t.test(look, async (t) => {
      const page = await openPage(t, browser, `${server.url}/#/words`,
        { expected: /Failed to load resource: .*400/, ...options });
      for (const [name, [hash, sign]] of Object.entries(VIEWS)) {
        await page.goto(`${server.url}/${hash}`);
        await page.locator(sign).first().waitFor();
        if (sign === "canvas") await drawn(page);
        assert.deepEqual(await overflow(page), { scroll: 0, wide: [] }, name);
        const file = path.join(screenshots, `${name}-${look}.png`);
        await page.screenshot({ fullPage: true, path: file });
        assert.ok(fs.statSync(file).size > 5000);
      }
    });
  }
});

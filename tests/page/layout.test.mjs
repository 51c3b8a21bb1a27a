// Wide and narrow, light and dark. The pictures go to build/screenshots.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { drawn, launch, openPage } from "../lib/browser.mjs";
import { screenshots } from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { long, short, spec } from "../lib/specs.mjs";

const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle";
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 400, height: 800 } },
};

async function withJobs(t) {
  const server = await startServer(t);
  await server.submit(spec(short, { name: LONG_WORD.repeat(2), tags: [LONG_WORD.slice(0, 64)],
    note: LONG_WORD.repeat(3) }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 } }));
  await server.submit(spec(long, { name: "Energy against the size of the network",
    tags: ["size", "first"], seeds: 4, evaluate: { every: 100 },
    note: "Does a larger network pay more for learning the same task?",
    stop: { accuracy: 0.985, epochs: 8 }, sweep: { "/network/hidden/0": [8, 16, 64],
      "/training/learning_rate": [0.005, 0.02] } }));
  for (const job of [1, 2, 3]) await server.done(job);
  return server;
}

const overflow = (page) => page.evaluate(() => {
  const wide = [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 &&
    !element.closest(".scroll, .vscroll, pre, dialog, .chart"));
  return { scroll: Math.max(0, document.scrollingElement.scrollWidth - innerWidth),
    wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) };
});

test("looks", { timeout: 180000 }, async (t) => {
  fs.mkdirSync(screenshots, { recursive: true });
  const browser = await launch(t);
  const server = await withJobs(t);
  const backgrounds = {};
  for (const [look, options] of Object.entries(LOOKS)) {
    await t.test(look, async (t) => {
      const shot = (page, name) => page.screenshot({ fullPage: true,
        path: path.join(screenshots, `${name}-${look}.png`) });
      const page = await openPage(t, browser, `${server.url}/`, options);
      await page.getByText("diverges").waitFor();
      backgrounds[look] = await page.evaluate(() =>
        getComputedStyle(document.body).backgroundColor);
      assert.deepEqual(await overflow(page), { scroll: 0, wide: [] });
      await shot(page, "jobs");
      for (const job of [1, 3]) {
        await page.goto(`${server.url}/#/jobs/${job}`);
        await page.locator(".job-body").waitFor();
        await drawn(page);
        assert.deepEqual(await overflow(page), { scroll: 0, wide: [] });
        await shot(page, `job-${job}`);
      }
      await page.getByRole("button", { name: "What are M0 and M1?" }).click();
      await page.locator("dialog#explain").waitFor();
      await page.screenshot({ path: path.join(screenshots, `explain-${look}.png`) });
      assert.equal((await overflow(page)).scroll, 0);
    });
  }
  assert.notEqual(backgrounds.light, backgrounds.dark);
  for (const name of ["jobs", "job-1", "job-3", "explain"]) {
    for (const look of Object.keys(LOOKS)) {
      assert.ok(fs.statSync(path.join(screenshots, `${name}-${look}.png`)).size > 5000);
    }
  }
});

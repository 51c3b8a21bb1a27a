// Every view, wide and narrow, light and dark: nothing sticks out, axe-core finds nothing serious,
// and the keyboard gets everywhere. The pictures go to build/screenshots.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { findings } from "../lib/axe.mjs";
import { drawn, launch, openPage } from "../lib/browser.mjs";
import { screenshots } from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";
import { VIEWS } from "../lib/views.mjs";

const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle";
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 400, height: 800 } },
};

async function withJobs(t) {
  const server = await startServer(t, { workers: 2 });
  await server.submit(spec(short, { name: LONG_WORD.repeat(2), tags: [LONG_WORD.slice(0, 64)],
    note: LONG_WORD.repeat(3) }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 } }));
  await server.submit(spec(long, { name: "Energy against the size of the network",
    tags: ["size", "first"], seeds: 4, evaluate: { every: 100 },
    note: "Does a larger network pay more for learning the same task?",
    stop: { accuracy: 0.985, epochs: 8 }, sweep: { "/network/hidden/0": [8, 16, 64],
      "/training/learning_rate": [0.005, 0.02] } }));
  for (const job of [1, 2, 3]) await server.done(job);
  await server.submit(spec(endless, { name: "At work", seeds: 4 }));
  await server.submit(spec(short, { name: LONG_WORD, seeds: 30 }));
  return server;
}

/* What is wider than the window, but for what scrolls by itself. */
const overflow = (page) => page.evaluate(() => {
  const scrolls = (element) => element !== document.body &&
    (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const wide = [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && element.checkVisibility() &&
    !element.closest("dialog") && !scrolls(element.parentElement));
  return { scroll: Math.max(0, document.scrollingElement.scrollWidth - innerWidth),
    wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) };
});

test("looks", { timeout: 240000 }, async (t) => {
  fs.mkdirSync(screenshots, { recursive: true });
  const browser = await launch(t);
  const server = await withJobs(t);
  const backgrounds = {};
  for (const [look, options] of Object.entries(LOOKS)) {
    const page = await openPage(t, browser, `${server.url}/#/words`,
      { ...options, expected: /Failed to load resource: .*4(00|22)/ });
    backgrounds[look] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    for (const [name, [hash, ready, act]] of Object.entries(VIEWS)) {
      await t.test(`${name}, ${look}`, async () => {
        await page.goto(`${server.url}/${hash}`);
        await page.locator(ready).first().waitFor({ state: "attached" });
        if (name === "job") await drawn(page);
        await act?.(page);
        assert.deepEqual(await overflow(page), { scroll: 0, wide: [] });
        await page.screenshot({ fullPage: !act, path: path.join(screenshots, `${name}-${look}.png`) });
        if (look !== "narrow") assert.deepEqual(await findings(page), []);
        if (act) await page.keyboard.press("Escape");
      });
    }
  }
  assert.notEqual(backgrounds.light, backgrounds.dark);
});

test("nothing but the page's own files may run or be asked", async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/#/words`);
  const blocked = await page.evaluate(async () => {
    const found = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      found.push(event.effectiveDirective));
    const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
    add("img", { src: "http://127.0.0.2/x.png" });
    add("style", { textContent: "body { color: red }" });
    document.body.setAttribute("style", "color: red");
    try { add("script", { textContent: "window.pwned = 1" }); } catch { /* trusted types */ }
    try { document.body.innerHTML = "<b>x</b>"; } catch { /* trusted types */ }
    await fetch("http://127.0.0.2/").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { found: [...new Set(found)].sort(), pwned: window.pwned };
  });
  await context.close();
  assert.equal(blocked.pwned, undefined);
  for (const rule of ["img-src", "style-src-elem", "style-src-attr", "connect-src",
    "require-trusted-types-for"]) {
    assert.ok(blocked.found.includes(rule), `${rule} in ${blocked.found}`);
  }
});

test("the keyboard gets everywhere", { timeout: 120000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  const page = await openPage(t, browser, `${server.url}/#/new`);
  await page.getByRole("button", { name: "Submit the job" }).waitFor();

  await t.test("past the navigation", async () => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    assert.match(page.url(), /#\/new$/);
  });

  await t.test("to every control, each with a name", async () => {
    const wanted = await page.locator("main :is(a, button, input, select, textarea, summary)")
      .evaluateAll((all) => all.filter((e) => e.checkVisibility() && !e.disabled).length);
    const seen = new Set();
    for (let i = 0; i < wanted * 2; i += 1) {
      await page.keyboard.press("Tab");
      const place = await page.evaluate(() => {
        const focus = document.activeElement;
        const all = [...document.querySelectorAll("main *")];
        return all.indexOf(focus);
      });
      if (place < 0) break;
      seen.add(place);
    }
    assert.ok(seen.size >= wanted, `${seen.size} of ${wanted}`);
  });

  await t.test("and a dialog gives the focus back", async () => {
    const ask = page.getByRole("button", { name: "What is this: Competition" });
    await ask.focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog#explain[open]").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await ask.evaluate((button) => button === document.activeElement), true);
  });
});

// What may go wrong: hostile texts, runs of nothing but NaN, a server that answers badly or not
// at all. Text stays text, and the page says what is wrong and stays of use.
import assert from "node:assert/strict";
import test from "node:test";
import { drawn, launch, openPage, rowsUnder } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const MARKUP = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>&lt;b&gt;";
const REVERSED = "\u202e\u2067gnp.exe\u2069 \u200f(\u05d0\u05d1)";
const FAILED = /Failed to load resource/;

test("bad input", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  const note = `${MARKUP} `.repeat(Math.ceil(10000 / MARKUP.length)).slice(0, 8000);
  await server.submit(spec(short, { name: MARKUP.slice(0, 200), tags: ["<b>bold</b>"], note, seeds: 2 }));
  await server.submit(spec(short, { name: REVERSED, note: REVERSED, seeds: 2 }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 }, seeds: 2 }));
  for (const job of [1, 2, 3]) await server.done(job);
  const open = (t, hash, options) => openPage(t, browser, `${server.url}/${hash}`, options);

  const harmless = async (page) => {
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator("main img, main script, main b").count(), 0);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  };

  await t.test("names and notes are text, however they read and however long", async (t) => {
    const page = await open(t, "#/jobs/1", { viewport: { width: 400, height: 800 } });
    await page.getByRole("heading", { name: MARKUP.slice(0, 200) }).waitFor();
    assert.equal(await page.locator(".note").innerText(), note.trim());
    await harmless(page);
    for (const hash of ["#/runs", "#/runs?by=cell", "#/runs/1", "#/compare?cells=1,2,3"]) {
      await page.goto(`${server.url}/${hash}`);
      await page.getByText(MARKUP.slice(0, 40), { exact: false }).first().waitFor({ state: "attached" });
      await harmless(page);
    }
    await page.goto(`${server.url}/#/jobs/2`);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), REVERSED);
    await harmless(page);
  });

  await t.test("a run of nothing but NaN", async (t) => {
    const page = await open(t, "#/jobs/3");
    await page.getByText("The runs left nothing to show.").waitFor();
    assert.match((await rowsUnder(page, "Runs"))[0].join(" "), /failed.*diverged/s);
    for (const y of ["accuracy", "loss", "m1"]) {
      await page.goto(`${server.url}/#/runs/5?y=${y}&x=samples`);
      await page.getByRole("heading", { name: "Run 5" }).waitFor();
      await page.locator(".chart.curves[aria-label*='Run 5']").waitFor();
    }
    const words = await page.locator("main").innerText();
    assert.doesNotMatch(words, /NaN|undefined|null|Infinity/);
  });

  await t.test("a URL of nonsense shows the defaults", async (t) => {
    const page = await open(t, "#/jobs/1?x=%00&y=__proto__&zoom=9_8&show=-1.zz&seeds=maybe&over=no&cost=toString");
    await drawn(page);
    await page.goto(`${server.url}/#/runs?cols=constructor,__proto__,id,id&by=nothing`);
    await until(async () => (await page.locator("table.virtual tbody.rows tr").count()) === 6, "the runs");
  });

  const answers = { "500": (route) => route.fulfill({ status: 500, contentType: "application/problem+json",
    body: JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500,
      detail: "stored data is damaged" }) }),
  "500 without a word": (route) => route.fulfill({ status: 500, body: "<h1>oops</h1>" }),
  "half an answer": (route) => route.fulfill({ status: 200, contentType: "application/json",
    body: "{\"items\": [" }),
  "nothing": (route) => route.abort() };
  const SAID = { "500": "stored data is damaged", "500 without a word": "The server answered 500",
    "half an answer": "is not JSON", "nothing": "The server does not answer." };

  for (const [name, answer] of Object.entries(answers)) {
    await t.test(`a server that answers: ${name}`, async (t) => {
      const page = await open(t, "#/words", { expected: FAILED });
      await page.route(/\/v1\/(jobs|runs)/, answer);
      for (const hash of ["#/jobs/1", "#/runs", "#/runs/1", "#/compare?cells=1"]) {
        await page.goto(`${server.url}/${hash}`);
        await page.getByRole("alert").getByText(SAID[name]).first().waitFor();
      }
      await page.unroute(/\/v1\/(jobs|runs)/);
      await page.goto(`${server.url}/#/jobs/1`);
      await drawn(page);
      await page.route(/\/v1\/(jobs|runs)/, answer);
      await page.getByLabel("What is shown").selectOption("m0");
      await page.getByRole("alert").getByText(SAID[name]).first().waitFor();
      assert.equal((await rowsUnder(page, "Runs")).length, 2, "what was there stays");
      await page.unroute(/\/v1\/(jobs|runs)/);
      await until(async () => (await page.locator(".notice").count()) === 0, "the end of the trouble");
      await page.locator(".chart[aria-label*='M0 against M0, 1 line']").waitFor();
    });
  }
});

// What follows the server stays calm: few redraws, nothing jumps, no zoom is moved.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, drawn, launch, numberOf, openPage, rowsOf } from "../lib/browser.mjs";
import { sleep, until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const GONE = /Failed to load resource: net::ERR|ERR_INCOMPLETE_CHUNKED/;
const WATCH_MS = 4000;

/* Counts what is painted anew on canvases, and how far things have shifted by themselves. */
function watch(page) {
  return page.evaluate(() => {
    window.seen = { paints: 0, shifts: 0, began: performance.now() };
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function count(...area) {
      window.seen.paints += 1;
      return clearRect.apply(this, area);
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) window.seen.shifts += entry.value;
      }
    }).observe({ type: "layout-shift" });
  });
}

test("following calmly", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);

  for (const hash of ["#/jobs/1?x=samples&seeds=1", "#/runs/1?x=samples", "#/runs", "#/compare?cells=1&x=samples"]) {
    await t.test(`${hash}: four redraws a second at most, and no jumps`, async (t) => {
      const server = await startServer(t);
      await server.submit(spec(endless, { name: "at work", seeds: 2 }));
      const page = await openPage(t, browser, `${server.url}/${hash}`);
      await page.getByText("at work").first().waitFor();
      if (hash !== "#/runs") await drawn(page);
      await sleep(1000); // until all that is loaded once is there
      const text = () => page.locator("main").innerText();
      const before = await text();
      await watch(page);
      await sleep(WATCH_MS);
      const { paints, shifts, seconds } = await page.evaluate(() =>
        ({ ...window.seen, seconds: (performance.now() - window.seen.began) / 1000 }));
      assert.ok(paints <= 4 * seconds + 4, `${paints} paints in ${seconds} s`);
      assert.ok(shifts < 0.01, `shifted by ${shifts}`);
      await until(async () => await text() !== before || paints > 0, "anything new");
    });
  }

  await t.test("a zoom stays where it is while data come", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(endless, { seeds: 1 }));
    const page = await openPage(t, browser, `${server.url}/#/jobs/1?x=samples&zoom=0_20000_0_1`);
    await drawn(page);
    const samples = async () => Math.max(...(await rowsOf(page, "table.virtual")).flat()
      .map(numberOf).filter(Number.isFinite));
    await until(async () => await samples() > 60000, "what lies beyond the zoom");
    const { image } = await until(async () => {
      const one = await chartOf(page);
      await sleep(2500);
      return (await chartOf(page)).image === one.image && one;
    }, "a picture that has all of the zoom");
    const seen = await samples();
    await until(async () => await samples() > seen + 500000, "more samples");
    assert.equal((await chartOf(page)).image, image);
    assert.match(page.url(), /zoom=0_20000_0_1$/);
  });

  await t.test("the list of runs follows through a restart of the server", async (t) => {
    const server = await startServer(t, { workers: 1 });
    await server.submit(spec(endless, { name: "kept", seeds: 2 }));
    const page = await openPage(t, browser, `${server.url}/#/runs`, { expected: GONE });
    const states = async () => (await rowsOf(page, "table.virtual")).map((row) => row[5]).join();
    await until(async () => await states() === "queued,running", "the first run at work");
    server.checkEnd(await server.stop());
    await page.locator("#live", { hasText: /stale since|no connection/ }).waitFor();
    assert.equal(await states(), "queued,running", "what was there stays");
    const again = await startServer(t, { place: server.place, workers: 1,
      listen: `127.0.0.1:${server.port}` });
    await again.submit(spec(short, { name: "after it", priority: 5 }));
    await page.locator("#live", { hasText: /^live$/ }).waitFor({ timeout: 60000 });
    await page.getByText("after it").waitFor({ timeout: 60000 });
    await again.order("/v1/jobs/1/cancel");
    await until(async () => await states() === "succeeded,cancelled,cancelled", "the ends");
    await until(async () => (await page.locator(".notice").count()) === 0, "no trouble left");
  });

  await t.test("whoever has scrolled is not moved, but told", async (t) => {
    const server = await startServer(t, { workers: 0 });
    await server.submit(spec(short, { name: "many", seeds: 200 }));
    const page = await openPage(t, browser, `${server.url}/#/runs`);
    const region = page.getByRole("region", { name: "Runs" });
    await page.getByText("many").first().waitFor();
    await region.evaluate((element) => { element.scrollTop = 1000; });
    const top = async () => (await rowsOf(page, "table.virtual"))[0][1];
    const first = await until(async () => await top() !== "200" && top(), "other rows");
    await server.submit(spec(short, { name: "one more" }));
    await page.getByRole("button", { name: "The list has changed: show" }).waitFor();
    assert.deepEqual([await top(), await region.evaluate((element) => element.scrollTop)],
      [first, 1000]);
    await page.getByRole("button", { name: "The list has changed: show" }).click();
    await page.getByText("one more").waitFor();
    assert.equal(await top(), "201");
  });
});

// The page while things happen: a run at work, a server that goes and comes back.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, drawn, launch, numberOf, openPage } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

/* The samples that the table says run `id` has seen. */
async function samples(page, id) {
  const cells = await page.locator(`tr[data-key="${id}"] td.number`).allInnerTexts();
  return Math.max(...cells.map(numberOf).filter(Number.isFinite), 0);
}

test("the page follows the server", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);

  await t.test("curve and table grow while a run is at work", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(endless, { name: "at work" }));
    const page = await openPage(t, browser, `${server.url}/#/jobs/1?x=samples`);
    await page.locator("#live", { hasText: /^live$/ }).waitFor();
    const first = await drawn(page);
    const seen = await until(() => samples(page, 1), "the first samples");
    await until(async () => await samples(page, 1) > seen + 20000, "more samples");
    const other = async () => {
      const { image } = await chartOf(page);
      return image !== first.image && image;
    };
    const image = await until(other, "another picture than the first");
    await until(async () => (await chartOf(page)).image !== image, "another picture");
    const text = await page.locator(".job-head").innerText();
    assert.match(text, /running/);
    const behind = (await server.get("/v1/runs/1")).progress;
    assert.ok(behind.samples - await samples(page, 1) < 4 * behind.per_second + 4000,
      "not more than some seconds behind");
  });

  await t.test("the end of a job is seen", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(endless, { seeds: 2, stop: { accuracy: null, epochs: null,
      seconds: 2 } }));
    const page = await openPage(t, browser, `${server.url}/#/jobs/1`);
    await page.locator(".job-head .state", { hasText: "running" }).waitFor();
    await page.locator(".job-head .state", { hasText: "failed" }).waitFor();
    assert.match(await page.locator(".job-head").innerText(), /2 timed out/);
  });

  await t.test("the server may be restarted meanwhile", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(endless, { name: "kept" }));
    const page = await openPage(t, browser, `${server.url}/#/jobs/1`,
      { expected: /Failed to load resource: net::ERR/ });
    await drawn(page);
    const seen = await until(() => samples(page, 1), "the first samples");
    server.checkEnd(await server.stop());
    await page.locator("#live", { hasText: /stale|no connection/ }).waitFor();
    assert.equal(await page.getByRole("heading", { name: "kept" }).count(), 1);
    const again = await startServer(t, { place: server.place,
      listen: `127.0.0.1:${server.port}` });
    await page.locator("#live", { hasText: /^live$/ }).waitFor({ timeout: 60000 });
    await until(async () => await samples(page, 1) > seen, "more samples", 60000);
    await again.submit(spec(short, { name: "after it" }));
    await page.goto(`${again.url}/#/`);
    await page.locator(".job-name", { hasText: "after it" }).waitFor();
    assert.equal(await page.locator(".notice").count(), 0);
  });

  await t.test("a kill is survived as well", async (t) => {
    const server = await startServer(t);
    const page = await openPage(t, browser, `${server.url}/`,
      { expected: /Failed to load resource: net::ERR|ERR_INCOMPLETE_CHUNKED/ });
    await page.getByText("No jobs yet.").waitFor();
    await server.kill();
    await page.locator("#live", { hasText: /stale|no connection/ }).waitFor();
    const again = await startServer(t, { place: server.place,
      listen: `127.0.0.1:${server.port}` });
    await again.submit(spec(short, { name: "second life" }));
    await page.locator(".job-name", { hasText: "second life" }).waitFor({ timeout: 60000 });
  });
});

// The first page: the list of jobs, as it is and as it changes.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage, rowsOf } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const jobs = (page) => rowsOf(page, "table.jobs");
const NASTY = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>&amp;";

test("the list of jobs", { timeout: 180000 }, async (t) => {
  const browser = await launch(t);

  await t.test("begins empty and fills by itself", async (t) => {
    const server = await startServer(t, { workers: 1 });
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByText("No jobs yet.").waitFor();
    await page.locator("#live", { hasText: /^live$/ }).waitFor();
    assert.equal(await page.title(), "Jobs – frugal");
    await server.submit(spec(short, { name: "the first", tags: ["one", "two"] }));
    await page.getByRole("link", { name: "the first" }).waitFor();
    await until(async () => (await jobs(page))[0]?.includes("succeeded"), "its end");
    await server.submit(spec(endless, { name: "the second", seeds: 2 }));
    await page.getByRole("link", { name: "the second" }).waitFor();
    await until(async () => (await jobs(page))[0].includes("running"), "the second at work");
    const rows = await jobs(page);
    assert.deepEqual(rows.map((row) => row[0]), ["2", "1"]);
    assert.match(rows[0].join(" "), /the second.*tiny.*running.*0\/2/s);
    assert.match(rows[1].join(" "), /the first.*one.*two.*tiny.*succeeded.*1\/1/s);
  });

  await t.test("shows what users wrote as text", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { name: NASTY, tags: [NASTY.slice(0, 60)], note: NASTY }));
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByText(NASTY, { exact: true }).waitFor();
    await page.getByRole("link", { name: NASTY }).click();
    await page.getByRole("heading", { level: 1, name: NASTY }).waitFor();
    await page.locator(".note", { hasText: NASTY }).waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
  });

  await t.test("goes on to older jobs and back", async (t) => {
    const server = await startServer(t);
    const tiny = spec(short, { stop: { accuracy: null, samples: 10 } });
    for (let i = 1; i <= 104; i += 1) await server.submit(spec(tiny, { name: `n${i}` }));
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByText("n104", { exact: true }).waitFor();
    assert.equal((await jobs(page)).length, 100);
    await page.getByRole("link", { name: "Older jobs" }).click();
    await page.getByText("n1", { exact: true }).waitFor();
    assert.deepEqual((await jobs(page)).map((row) => row[0]), ["4", "3", "2", "1"]);
    await page.goBack();
    await page.getByText("n104", { exact: true }).waitFor();
  });

  await t.test("leads to a job and back", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { name: "go there" }));
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByRole("link", { name: "go there" }).click();
    await page.getByRole("heading", { name: "go there" }).waitFor();
    assert.match(page.url(), /#\/jobs\/1$/);
    await page.goBack();
    await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
  });

  await t.test("tells of pages and jobs that do not exist", async (t) => {
    const server = await startServer(t);
    const page = await openPage(t, browser, `${server.url}/#/nonsense`,
      { expected: /Failed to load resource.*404/ });
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    await page.goto(`${server.url}/#/jobs/77`);
    await page.getByText("There is no such job.").waitFor();
    await page.getByRole("link", { name: "All jobs" }).click();
    await page.getByText("No jobs yet.").waitFor();
  });
});

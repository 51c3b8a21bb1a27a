// The first page: what is at work, what waits, what has failed, and the list of jobs.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage, rowsOf } from "../lib/browser.mjs";
import { plainEnvironment, spawnChild, until, within } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const jobs = (page) => rowsOf(page, "table.jobs");
const panel = (page, title) => page.locator("section.panel")
  .filter({ has: page.getByRole("heading", { name: title }) });

/* Runs a line that the page shows, with this build's client. */
async function shell(line) {
  const PATH = `${paths.build}:${process.env.PATH}`;
  const child = spawnChild("sh", ["-c", line],
    { env: plainEnvironment({ PATH, XDG_CONFIG_HOME: "/nowhere" }), stdio: "ignore" });
  assert.equal((await within(20000, child.ended, line)).code, 0, line);
}

const NASTY = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>&amp;";

test("the first page", { timeout: 180000 }, async (t) => {
  const browser = await launch(t);

  await t.test("begins empty and fills by itself", async (t) => {
    const server = await startServer(t, { workers: 1 });
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByText("No jobs yet.").waitFor();
    await page.locator("#live", { hasText: /^live$/ }).waitFor();
    assert.equal(await page.title(), "Home – frugal");
    const { version } = await server.get("/healthz");
    await page.getByText(`frugal ${version}`, { exact: true }).waitFor();
    assert.equal(await page.getByRole("link", { name: "HTTP API" }).getAttribute("href"), "/docs");
    await server.submit(spec(short, { name: "the first", tags: ["one", "two"] }));
    await page.locator(".jobs").getByRole("link", { name: "the first" }).waitFor();
    await until(async () => (await jobs(page))[0]?.includes("succeeded"), "its end");
    await server.submit(spec(endless, { name: "the second", seeds: 2 }));
    await page.locator(".job-name").getByText("the second").waitFor();
    await until(async () => (await jobs(page))[0].includes("running"), "the second at work");
    const rows = await jobs(page);
    assert.deepEqual(rows.map((row) => row[0]), ["2", "1"]);
    assert.match(rows[0].join(" "), /the second.*tiny.*running.*0\/2/s);
    assert.match(rows[1].join(" "), /the first.*one.*two.*tiny.*succeeded.*1\/1/s);
  });

  await t.test("says what is at work and what waits, with reasons", async (t) => {
    const server = await startServer(t, { workers: 1 });
    await server.submit(spec(endless, { name: "long work", seeds: 2,
      sweep: { "/training/learning_rate": [0.01, 0.02] } }));
    const page = await openPage(t, browser, `${server.url}/`);
    const row = page.locator(".at-work li");
    await row.getByRole("link", { name: "long work" }).waitFor();
    await row.getByText("learning_rate = 0.01, seed 1").waitFor();
    const line = page.locator(".at-work polyline");
    const points = async () => ((await line.getAttribute("points")) ?? "").split(" ").length;
    await until(async () => await points() > 4, "a curve", 30000, 100);
    await row.getByText(/0\.\d{4}/).waitFor();
    assert.match(await row.innerText(), /%.*samples.*left, at most/s);
    const waiting = panel(page, "Waiting");
    await waiting.getByText("3 runs to come").waitFor();
    await waiting.getByText("it is next, as soon as a worker is free").waitFor();
    await page.getByText("1 of 1 workers at work, 3 runs wait").waitFor();
    await server.order("/v1/jobs/1/hold");
    await waiting.getByText("it is held, until somebody releases it").waitFor();
    await server.order("/v1/jobs/1/cancel");
    await page.getByText("Nothing is at work.").waitFor();
    await waiting.getByText("Nothing waits.").waitFor();
    assert.match(await panel(page, "Needs attention").innerText(), /No run has failed/);
  });

  await t.test("shows what has failed, and a way to do better", async (t) => {
    const server = await startServer(t);
    const page = await openPage(t, browser, `${server.url}/`);
    await server.submit(spec(short, { name: "wild", seeds: 3, training: { learning_rate: 99 } }));
    const bad = panel(page, "Needs attention");
    await bad.getByText("3 runs failed").waitFor();
    await bad.getByText("the network diverged").waitFor();
    assert.equal(await bad.locator("li").count(), 1);
    const href = (name) => bad.getByRole("link", { name }).getAttribute("href");
    assert.equal(await href("wild"), "#/jobs/1");
    assert.equal(await href("Submit again, changed"), "#/new?job=1");
    assert.match(await href(/^Run \d/), /^#\/runs\/[123]$/);
  });

  await t.test("has lines for a shell that work", async (t) => {
    const server = await startServer(t);
    const page = await openPage(t, browser, `${server.url}/`);
    const { items } = await server.get("/v1/datasets");
    await page.locator(".command code", { hasText: `"dataset":"${items[0].name}"` }).first().waitFor();
    await server.order("/v1/workers", { draining: true }, "PATCH");
    for (const line of await page.locator(".command code").allInnerTexts()) {
      assert.ok(line.includes(server.url), line);
      await shell(line);
    }
    await until(async () => (await server.get("/v1/jobs")).items.length === 2, "two jobs");
  });

  await t.test("stays usable when the server fails, and says so", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { name: "before it" }));
    const page = await openPage(t, browser, `${server.url}/`,
      { expected: /Failed to load resource: the server responded with a status of 500|net::ERR/ });
    await page.locator(".job-name", { hasText: "before it" }).waitFor();
    let fails = true;
    await page.route("**/v1/runs?**", (route) => (fails
      ? route.fulfill({ status: 500, contentType: "text/plain", body: "no" }) : route.fallback()));
    await server.submit(spec(short, { name: "after it" }));
    await page.getByRole("alert").getByText("The server answered 500").waitFor();
    assert.equal(await page.locator(".job-name", { hasText: "before it" }).count(), 1);
    fails = false;
    await page.locator(".job-name", { hasText: "after it" }).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.route("**/v1/**", (route) => route.abort());
    await page.reload();
    await page.getByRole("alert").getByText("The server does not answer.").first().waitFor();
    await page.getByRole("link", { name: "Glossary" }).click();
    await page.getByRole("heading", { name: "Glossary" }).waitFor();
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
    for (let i = 1; i <= 24; i += 1) await server.submit(spec(tiny, { name: `n${i}` }));
    const page = await openPage(t, browser, `${server.url}/`);
    await page.locator(".job-name").getByText("n24", { exact: true }).waitFor();
    assert.equal((await jobs(page)).length, 20);
    await page.getByRole("link", { name: "Older jobs" }).click();
    await page.locator(".job-name").getByText("n1", { exact: true }).waitFor();
    assert.deepEqual((await jobs(page)).map((row) => row[0]), ["4", "3", "2", "1"]);
    await page.goBack();
    await page.locator(".job-name").getByText("n24", { exact: true }).waitFor();
  });

  await t.test("leads to a job and back", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { name: "go there" }));
    const page = await openPage(t, browser, `${server.url}/`);
    await page.getByRole("link", { name: "go there" }).click();
    await page.getByRole("heading", { name: "go there" }).waitFor();
    assert.match(page.url(), /#\/jobs\/1$/);
    await page.goBack();
    await page.getByRole("heading", { name: "Home", exact: true }).waitFor();
  });

  await t.test("tells of pages and jobs that do not exist", async (t) => {
    const server = await startServer(t);
    const page = await openPage(t, browser, `${server.url}/#/nonsense`,
      { expected: /Failed to load resource.*404/ });
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    await page.goto(`${server.url}/#/jobs/77`);
    await page.getByText("There is no such job.").waitFor();
    await page.getByRole("link", { name: "Home", exact: true }).click();
    await page.getByText("No jobs yet.").waitFor();
  });
});

// What people do to a job on its page.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage, rowsUnder } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

test("verbs of a job", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(short, { name: "done", seeds: 2 }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 }, seeds: 2 }));
  await server.submit(spec(endless, { name: "work", seeds: 3 }));
  for (const job of [1, 2]) await server.done(job);

  const open = async (t, job, options) => {
    const page = await openPage(t, browser, `${server.url}/#/jobs/${job}`, options);
    await page.locator(".job-body").waitFor();
    const act = async (name, sure) => {
      await page.locator(".job-body > .verbs").getByRole("button", { name, exact: true }).click();
      if (sure) await page.locator("dialog.ask").getByRole("button", { name: sure, exact: true }).click();
    };
    const enabled = () => page.locator(".job-body > .verbs button:enabled:visible").allInnerTexts();
    const heads = (text) => page.locator(".overall", { hasText: text }).waitFor();
    return { page, act, enabled, heads };
  };

  await t.test("more seeds", async (t) => {
    const { page, act, enabled, heads } = await open(t, 1);
    await server.order("/v1/jobs/3/hold");
    assert.deepEqual(await enabled(), ["Add seeds…", "Delete…"]);
    await act("Add seeds…");
    await page.getByText("New ones begin at 3").waitFor();
    await page.getByLabel("How many more").fill("3");
    await page.locator("dialog.ask").getByRole("button", { name: "Add seeds" }).click();
    await page.getByText("3 runs added.").waitFor();
    await server.order("/v1/jobs/3/cancel", { runs: [5] });
    await heads("5 of 5 runs succeeded");
    await until(async () => (await rowsUnder(page, "Runs")).length === 5, "their rows");
    await until(async () => (await rowsUnder(page, "Cells"))[0]?.join(" ").includes("5/5"), "the cell");
    assert.deepEqual((await server.get("/v1/jobs/1")).spec.seeds, [1, 2, 3, 4, 5]);
  });

  await t.test("what failed runs again", async (t) => {
    const { page, act } = await open(t, 2);
    await act("Retry failed", "Retry 2 runs");
    await page.getByText("2 runs queued again.").waitFor();
    await until(async () => (await server.get("/v1/runs/3")).attempts === 2, "the second attempt");
  });

  await t.test("hold, release, cancel", async (t) => {
    const { page, act, enabled, heads } = await open(t, 3);
    await heads("2 held");
    assert.deepEqual(await enabled(), ["Add seeds…", "Release", "Cancel", "Delete…"]);
    await act("Release", "Release 2 runs");
    await heads("1 running, 1 cancelled");
    await act("Hold", "Hold 1 run");
    await heads("1 held");
    await act("Cancel", "Leave it");
    await act("Cancel", "Cancel 2 runs");
    await heads("3 cancelled");
    assert.equal(await page.locator("dialog").filter({ visible: true }).count(), 0);
  });

  await t.test("a question does not outlive its view", async (t) => {
    const { page, act } = await open(t, 1);
    await page.goto(`${server.url}/#/jobs/3`);
    await page.getByRole("heading", { name: "work" }).waitFor();
    await act("Delete…");
    await page.getByText("Delete job 3?").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "done" }).waitFor();
    await until(async () => await page.locator("dialog.ask").count() === 0, "no question");
  });

  await t.test("delete, restore, and for good", async (t) => {
    const { page, act, enabled } = await open(t, 3, { expected: /Failed to load resource: .*404/ });
    await act("Delete…", "Delete job 3");
    await page.locator(".said").getByText("moved into the trash").waitFor();
    await until(async () => (await enabled()).join() === "Restore,Delete for good…", "the trash");
    assert.equal(await page.locator(".title .state").innerText(), "in the trash");
    await page.goto(`${server.url}/#/`);
    await page.getByRole("link", { name: "Trash", exact: true }).click();
    await page.getByRole("button", { name: "restore job 3" }).click();
    await page.getByText("Nothing is in the trash.").waitFor();
    await page.goto(`${server.url}/#/jobs/3`);
    await until(async () => (await enabled()).includes("Add seeds…"), "the job again");
    assert.equal(await page.locator(".title .state").innerText(), "cancelled");
    await act("Delete…", "Delete job 3");
    await until(async () => (await enabled()).join() === "Restore,Delete for good…", "the trash");
    await act("Restore");
    await until(async () => (await enabled()).includes("Add seeds…"), "the job again");
    await act("Delete…", "Delete job 3");
    await until(async () => (await enabled()).join() === "Restore,Delete for good…", "the trash");
    await act("Delete for good…", "Delete for good");
    await page.getByText("Job 3 is gone.").waitFor();
    await page.waitForURL(/#\/$/);
    assert.equal((await server.request("/v1/jobs/3")).status, 404);
  });
});

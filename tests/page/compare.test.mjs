// Cells of several jobs side by side.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, downloaded, drawn, launch, openPage, rowsUnder } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { records } from "../lib/csv.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const TITLE = "Where they differ, and what came of it";
const goal = { evaluate: { every: 100 }, stop: { accuracy: 0.9, epochs: 5 }, seeds: 3 };

test("cells side by side", { timeout: 180000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  await server.submit(spec(short, { ...goal, name: "sizes", note: "not compared",
    sweep: { "/network/hidden/0": [6, 24] } }));
  await server.submit(spec(short, { ...goal, name: "gated", plasticity: { gate: "wrong" },
    network: { hidden: [24] } }));
  for (const job of [1, 2]) await server.done(job);

  const open = async (t, hash, options) => {
    const page = await openPage(t, browser, `${server.url}/${hash}`, options);
    await page.getByRole("heading", { name: "Compare", exact: true }).waitFor();
    return page;
  };
  const table = async (page, n) => until(async () => {
    const rows = await rowsUnder(page, TITLE);
    return rows.length === n && rows;
  }, `${n} cells`);

  await t.test("legends show what is drawn: lines of curves, marks of points", async (t) => {
    const page = await open(t, "#/compare?cells=1,2");
    await page.locator(".costs .legend li").first().waitFor();
    const costs = page.locator(".costs .legend").first();
    const names = await costs.locator("li").count();
    assert.equal(await costs.locator("path").count(), names);
    assert.equal(await costs.locator("line").count(),
      await page.locator(".costs svg[role=img]").first().locator("g > path[fill=none][d*=L]").count());
    assert.equal(await page.locator(".curves .legend").first().locator("path").count(), 0);
  });

  await t.test("only what differs is listed, with the server's means and savings", async (t) => {
    const page = await open(t, "#/compare?cells=1:1,2");
    const rows = await table(page, 2);
    const heads = await page.locator("section[data-under] thead th").allInnerTexts();
    assert.deepEqual(heads.slice(0, 5), ["cell", "job", "gate", "n", "at goal"]);
    assert.deepEqual(rows.map((row) => row.slice(0, 4)),
      [["1:1", "sizes", "none", "3/3"], ["2:0", "gated", "wrong", "3/3"]]);
    const { cells: [cell] } = await server.get("/v1/jobs/2/summary?at=test_accuracy%3E%3D0.9&baseline=1:1");
    const shown = /^(≥ )?([\d.]+)/.exec(rows[1][11]);
    assert.ok(Math.abs(shown[2] / (cell.saving.m0.mean ?? cell.saving.m0.at_least) - 1) < 0.1, rows[1][11]);
    await drawn(page);
    const file = await downloaded(page, () =>
      page.getByRole("button", { name: "test accuracy against M0 as CSV" }).click());
    const curve = (await server.get("/v1/jobs/2/curves?x=m0")).cells[0];
    assert.deepEqual(records(file.bytes.toString()).filter((row) => row.series === "2:0")
      .map((row) => Number(row.test_accuracy)), curve.mean);
  });

  await t.test("whole jobs, other cells, a baseline: all in the URL", async (t) => {
    const page = await open(t, "#/compare");
    await page.getByLabel("Cells", { exact: true }).fill("1, 2:0");
    await page.keyboard.press("Enter");
    await page.waitForURL(/cells=1%2C2%3A0/);
    await table(page, 3);
    const { image } = await drawn(page);
    await page.getByLabel("single seeds").check();
    await page.locator(".chart[aria-label*='9 single runs']").waitFor();
    await until(async () => (await chartOf(page)).image !== image, "another picture");
    await page.getByLabel("Baseline").selectOption("2:0");
    await page.waitForURL(/baseline=2%3A0/);
    await until(async () => /^1 ± 0$/.test((await rowsUnder(page, TITLE))[2]?.at(-2)), "the baseline");
    await page.reload();
    await table(page, 3);
    assert.equal(await page.getByLabel("Baseline").inputValue(), "2:0");
    assert.equal(await page.getByLabel("single seeds").isChecked(), true);
  });

  await t.test("what is not there, or makes no sense, is said", async (t) => {
    const page = await open(t, "#/compare?cells=1:0,1:9,nonsense",
      { expected: /Failed to load resource: .*404/ });
    await table(page, 1);
    await page.getByText("There is no cell 1:9.").waitFor();
    await page.goto(`${server.url}/#/compare?cells=99,1`);
    await page.getByText("One of these jobs is not there.").waitFor();
    await page.goto(`${server.url}/#/compare?cells=a:b`);
    await page.getByText("Not understood: a:b.").waitFor();
  });
});

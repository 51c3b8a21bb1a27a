// The list of runs: filter, columns, order, cells, scrolling, and what can be done to many.
import assert from "node:assert/strict";
import test from "node:test";
import { downloaded, launch, numberOf, openPage, rowsOf } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const TABLE = ".runs:not([hidden]) table.virtual";
const REFUSED = /Failed to load resource: .*400/;
const trivial = { network: { hidden: [1] }, stop: { accuracy: null, epochs: null, samples: 1 },
  record: { weights: false } };

const rows = (page) => rowsOf(page, TABLE);
const ids = async (page) => (await rows(page)).map((row) => Number(row[1]));

test("the list of runs", { timeout: 300000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  await server.submit(spec(short, { name: "sizes", tags: ["fig1"], seeds: 4, evaluate: { every: 100 },
    stop: { accuracy: 0.9, epochs: 3 }, sweep: { "/network/hidden/0": [6, 24] } }));
  await server.submit(spec(short, { name: "diverges", training: { learning_rate: 99 } }));
  for (const job of [1, 2]) await server.done(job);

  const open = async (t, hash = "#/runs", options) => {
    const page = await openPage(t, browser, `${server.url}/${hash}`, options);
    await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
    return page;
  };
  const shows = (page, wanted) => until(async () =>
    JSON.stringify(await ids(page)) === JSON.stringify(wanted), `the runs ${wanted}`);

  await t.test("newest first, with what the API says of them", async (t) => {
    const page = await open(t);
    await shows(page, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const run = await server.get("/v1/runs/8");
    await until(async () => (await rows(page))[1][2] === "sizes", "its name");
    const [, id, name, params, seed, state, , samples, accuracy] = (await rows(page))[1];
    assert.deepEqual([id, name, params, seed, state, numberOf(samples), accuracy],
      ["8", "sizes", "hidden.0 24", "4", "succeeded", run.results.samples,
        run.results.test_accuracy.toFixed(4)]);
    await page.getByText("9 runs", { exact: true }).waitFor();
  });

  await t.test("no number is cut, and all fit a window of 1280", async (t) => {
    for (const hash of ["#/runs", "#/runs?by=cell", "#/jobs/1"]) {
      const page = await openPage(t, browser, `${server.url}/${hash}`,
        { viewport: { width: 1280, height: 900 } });
      await until(() => page.locator("td.number", { hasText: "×10" }).count(), "the numbers");
      assert.deepEqual(await page.locator("td.number:visible").evaluateAll((all) =>
        all.filter((cell) => {
          const box = cell.closest(".vscroll, .scroll").getBoundingClientRect();
          return cell.scrollWidth > cell.clientWidth ||
            cell.getBoundingClientRect().right > box.right + 1;
        }).map((cell) => cell.innerText)), [], hash);
      assert.equal(await page.locator(".vscroll[data-beyond]:visible").count(), 0);
      await page.setViewportSize({ width: 700, height: 900 });
      await page.locator(".vscroll[data-beyond]:visible").waitFor();
    }
  });

  await t.test("the filter is that of the API, and its errors stand at their place", async (t) => {
    const page = await open(t, "#/runs", { expected: REFUSED });
    await page.getByLabel("Filter").fill("spec.network.hidden.0 > 20 and seed in (1, 2)");
    await page.keyboard.press("Enter");
    await shows(page, [6, 5]);
    assert.match(page.url(), /filter=spec\.network/);
    await page.getByLabel("Filter").fill("seed = 1 and stat = failed");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("At character 14: runs have no field \"stat\". Was state meant?").waitFor();
    assert.equal(await page.locator(".place mark").innerText(), "s");
    assert.equal(await page.getByLabel("Filter").getAttribute("aria-invalid"), "true");
    assert.deepEqual(await rows(page), []);
    await page.goBack();
    await shows(page, [6, 5]);
    assert.equal(await page.locator(".place").count(), 0);
    await page.getByRole("button", { name: "failed", exact: true }).click();
    await shows(page, [9]);
    await page.reload();
    await shows(page, [9]);
  });

  await t.test("columns of results and of the spec, sorted by the server", async (t) => {
    const page = await open(t);
    await page.getByText("Columns").click();
    await page.getByLabel("attempts").check();
    await page.waitForURL(/cols=[^&]*attempts/);
    await page.getByLabel("a field of the spec as a column").selectOption("spec.evaluate.every");
    await page.waitForURL(/spec\.evaluate\.every/);
    const every = page.locator(`${TABLE} thead button[data-sort="spec.evaluate.every"]`);
    await every.click();
    await page.waitForURL(/sort=-spec\.evaluate\.every/);
    const sorted = (await server.get("/v1/runs?sort=-spec.evaluate.every")).items;
    assert.equal(sorted[0].id, 9);
    await shows(page, sorted.map((run) => run.id));
    await until(async () => (await rows(page)).map((row) => row.at(-1)).join() ===
      "750,100,100,100,100,100,100,100,100", "the values of the spec");
    await every.click();
    await until(async () => (await ids(page)).at(-1) === 9, "the other order");
    await page.goto(`${server.url}/#/runs?sort=-test_accuracy`);
    const best = (await server.get("/v1/runs?sort=-test_accuracy")).items.map((run) => run.id);
    await shows(page, best);
    assert.equal(await page.locator("th[aria-sort='descending']").innerText(), "accuracy ↓");
  });

  await t.test("by cells, as means with their errors and counts", async (t) => {
    const page = await open(t, "#/runs?filter=job+%3D+1&by=cell");
    await until(async () => /\(4\/4\)$/.test((await rows(page))[1]?.[5] ?? ""), "the means");
    const { cells } = await server.get("/v1/jobs/1/summary");
    const shown = await rows(page);
    assert.deepEqual(shown.map((row) => row.slice(0, 4)), [["1:1", "sizes", "hidden.0 = 24", "4"],
      ["1:0", "sizes", "hidden.0 = 6", "4"]]);
    shown.forEach((row, i) => {
      const { mean, sem } = cells[1 - i].metrics.test_accuracy;
      const [, value, error] = /^(\S+) ± (\S+) \(4\/4\)$/.exec(row[5]);
      assert.ok(Math.abs(value - mean) <= sem && Math.abs(error / sem - 1) < 0.35, row[5]);
    });
    const link = page.getByRole("link", { name: "Statistics of these runs" });
    const file = await downloaded(page, () => link.click());
    assert.equal(file.name, "frugal-cells.csv");
    assert.equal(String(file.bytes), (await server.request(
      "/v1/summary?format=csv&filter=job+%3D+1")).text);
    await page.getByRole("link", { name: "1:0" }).click();
    await page.waitForURL(/filter=job\+%3D\+1\+and\+cell\+%3D\+0/);
    await shows(page, [4, 3, 2, 1]);
  });

  await t.test("some are selected and compared", async (t) => {
    const page = await open(t);
    await shows(page, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    await page.getByLabel("select run 8").check();
    await page.getByLabel("select run 4").click({ modifiers: ["Shift"] });
    await page.getByText("5 runs selected").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Cancel/ }).isDisabled(), true);
    await page.getByRole("link", { name: "Compare" }).last().click();
    await page.waitForURL(/compare\?cells=1%3A1%2C1%3A0$/);
    await page.goBack();
    await page.getByText("Nothing selected").waitFor();
  });

  await t.test("held, released, cancelled, tried again, deleted, restored", async (t) => {
    const own = await startServer(t, { workers: 1 });
    await own.submit(spec(endless, { name: "work", seeds: 4 }));
    const page = await openPage(t, browser, `${own.url}/#/runs?sort=id`);
    const states = async () => (await rows(page)).map((row) => row[5]).join(" ");
    const become = (wanted) => until(async () => await states() === wanted, wanted);
    const verb = async (name, sure) => {
      await page.locator(".bulk").getByRole("button", { name }).click();
      await page.locator("dialog.ask").getByRole("button", { name: sure }).click();
    };
    await become("running queued queued queued");
    await page.getByLabel("select all runs of the list").check();
    await page.getByText("4 runs selected").waitFor();
    await page.locator(".bulk").getByRole("button", { name: "Hold 3" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Leave it" }).click();
    await become("running queued queued queued");
    await verb("Hold 3", "Hold 3 runs");
    await become("running held held held");
    await verb("Release 3", "Release 3 runs");
    await become("running queued queued queued");
    await verb("Cancel 4", "Cancel 4 runs");
    await page.getByText("4 runs cancelled.").waitFor();
    await become("cancelled cancelled cancelled cancelled");
    await page.getByRole("button", { name: "Select nothing" }).click();
    await page.getByLabel("select run 2").check();
    await verb("Retry 1", "Retry 1 run");
    await become("cancelled running cancelled cancelled");
    await verb("Cancel 1", "Cancel 1 run");
    await become("cancelled cancelled cancelled cancelled");
    await verb("Delete jobs…", "Delete job 1");
    await page.getByText("job 1 moved into the trash.").waitFor();
    await page.getByText("No run fits.").waitFor();
    assert.notEqual((await own.get("/v1/jobs/1")).trashed, null);
    await page.getByRole("button", { name: "Restore" }).click();
    await become("cancelled cancelled cancelled cancelled");
  });

  await t.test("what the server refuses is said", async (t) => {
    const own = await startServer(t, { workers: 1 });
    await own.submit(spec(endless, { name: "work" }));
    const page = await openPage(t, browser, `${own.url}/#/runs`,
      { expected: /Failed to load resource: .*409/ });
    await page.getByLabel("select run 1").check();
    await page.locator(".bulk").getByRole("button", { name: "Delete jobs…" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Delete job 1" }).click();
    await page.locator(".said").getByText(/job|run/).waitFor();
    await until(async () => (await rows(page)).length === 1, "the run, still there");
  });

  await t.test("of thousands only what is visible exists, and more comes with scrolling", async (t) => {
    await server.submit(spec(short, { ...trivial, name: "many", seeds: 2500 }));
    const page = await open(t, "#/runs?sort=id&filter=job+%3D+3&cols=id,seed");
    await until(async () => (await ids(page))[0] === 10, "the first run");
    const region = page.getByRole("region", { name: "Runs" });
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    const seen = new Set();
    await until(async () => {
      const now = await ids(page);
      assert.ok(now.length < 120, `${now.length} rows in the page`);
      for (const id of now) seen.add(id);
      await region.evaluate((element) => { element.scrollTop += element.clientHeight / 2; });
      return seen.has(10 + 2499);
    }, "the last run", 120000);
    assert.equal(seen.size, 2500);
    assert.ok(requests.some((url) => /cursor=/.test(url)));
    const height = await region.evaluate((element) => element.scrollHeight);
    await region.evaluate((element) => { element.scrollTop = 0; });
    await until(async () => (await ids(page))[0] === 10, "the first run again");
    assert.equal(await region.evaluate((element) => element.scrollHeight), height);
    await region.focus();
    await page.keyboard.press("End");
    await until(async () => (await ids(page)).includes(2509), "the end by keyboard");
  });
});

// The page of one run: trace, results, attempts, provenance, verification, files, verbs.
import assert from "node:assert/strict";
import test from "node:test";
import { columns } from "../lib/csv.mjs";
import { chartOf, downloaded, drawn, launch, openPage, rowsUnder } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { readNpz } from "../lib/npz.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

test("the page of a run", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(short, { name: "one of two", seeds: 2, evaluate: { every: 100 },
    stop: { accuracy: 0.9, epochs: 5 }, energy: { exponents: [0.5] },
    sweep: { "/network/hidden/0": [6] } }));
  await server.done(1);
  const run = await server.get("/v1/runs/2");

  const open = async (t, hash = "#/runs/2", options) => {
    const page = await openPage(t, browser, `${server.url}/${hash}`, options);
    await page.getByRole("heading", { name: "Run 2" }).waitFor();
    await drawn(page);
    return page;
  };

  await t.test("what it is, what came of it, and where it comes from", async (t) => {
    const page = await open(t);
    assert.equal(await page.title(), "Run 2 – frugal");
    const text = await page.locator("main").innerText();
    for (const part of ["one of two", "succeeded", "goal", "hidden.0 = 6",
      run.results.test_accuracy.toFixed(4), run.provenance.spec_sha256, run.provenance.core,
      run.provenance.dataset_sha256.test_labels, "M0.5", "Effective number of plastic synapses"]) {
      assert.ok(text.includes(part), part);
    }
    const attempts = await rowsUnder(page, "Attempts");
    assert.deepEqual([attempts.length, attempts[0][0], attempts[0][1], attempts[0][2]],
      [1, "1", "succeeded", "goal"]);
    const spread = await rowsUnder(page, "How the changes were spread");
    const { synapses } = run.changes.histogram;
    assert.equal(spread.reduce((sum, row) => sum + Number(row[1].replace(/\s/g, "")), 0),
      synapses.reduce((a, b) => a + b, 0));
    await page.getByRole("link", { name: "one of two" }).click();
    await page.waitForURL(/#\/jobs\/1$/);
  });

  await t.test("its spec, with what is swept and its seed", async (t) => {
    const page = await open(t);
    await page.getByText("The spec of this run").click();
    const shown = JSON.parse(await page.locator("details pre code").innerText());
    const { sweep, ...rest } = (await server.get("/v1/jobs/1")).spec;
    assert.deepEqual(Object.keys(sweep), ["/network/hidden/0"]);
    assert.deepEqual(shown, { ...rest, seeds: [2], network: { ...rest.network, hidden: [6] } });
  });

  await t.test("its trace, in any of its columns", async (t) => {
    const page = await open(t);
    const images = [(await chartOf(page)).image];
    const options = await page.getByLabel("What is shown").locator("option").allInnerTexts();
    for (const name of ["accuracy", "M0", "M1", "M0.5", "test loss"]) {
      assert.ok(options.includes(name), `${name} in ${options}`);
    }
    await page.getByLabel("What is shown").selectOption("m1");
    await page.waitForURL(/y=m1/);
    await page.getByRole("navigation", { name: "Against" }).getByRole("link", { name: "samples" })
      .click();
    await page.waitForURL(/x=samples/);
    await page.locator(".chart[aria-label*='M1 against samples, 4 lines']").waitFor();
    await until(async () => !images.includes((await chartOf(page)).image), "another picture");
    const file = await downloaded(page, () =>
      page.getByRole("button", { name: "Run 2: M1 against samples as CSV" }).click());
    const rows = file.bytes.toString().trim().split("\n").filter((line) => line.startsWith("m1,"));
    const trace = (await server.get("/v1/runs/2/trace")).columns;
    const spent = trace.samples.map((n, i) => [n, trace.m1[i]]).filter(([, m1]) => m1 > 0);
    assert.deepEqual(rows.map((line) => line.split(",").slice(3, 5).map(Number)), spent);
  });

  await t.test("trace and weights as files", async (t) => {
    const page = await open(t);
    const csv = await downloaded(page, () => page.getByRole("link", { name: "Trace as CSV" }).click());
    assert.equal(csv.name, "frugal-run-2.csv");
    assert.equal(columns(csv.bytes.toString()).samples.at(-1), run.results.samples);
    const npz = await downloaded(page, () => page.getByRole("link", { name: "Weights" }).click());
    assert.equal(npz.name, "run-2.npz");
    assert.equal(npz.bytes.length, run.weights);
    assert.ok("weights_layer1" in readNpz(npz.bytes));
  });

  await t.test("run again and verified, bit for bit", async (t) => {
    const page = await open(t);
    await page.getByText("Not verified yet.").waitFor();
    await page.getByRole("button", { name: "Run again and verify" }).click();
    await page.getByText("The same, bit for bit.").waitFor();
    assert.equal((await server.get("/v1/runs/2")).verified.state, "same");
  });

  await t.test("one at work grows; it is cancelled and tried again", async (t) => {
    await server.submit(spec(endless, { name: "at work", seeds: 2, note: "" }));
    const page = await openPage(t, browser, `${server.url}/#/runs/3?x=samples`);
    await page.locator(".title .state", { hasText: "running" }).waitFor();
    const first = (await drawn(page)).image;
    await until(async () => (await chartOf(page)).image !== first, "a trace that grows");
    const sure = async (name) => {
      await page.getByRole("button", { name, exact: true }).click();
      await page.locator("dialog.ask").getByRole("button", { name: `${name} 1 run` }).click();
    };
    await sure("Cancel");
    await page.locator(".title .state", { hasText: "cancelled" }).waitFor();
    await page.goto(`${server.url}/#/runs/4`);
    await page.locator(".title .state", { hasText: "running" }).waitFor();
    await page.goto(`${server.url}/#/runs/3`);
    await sure("Retry");
    await page.locator(".title .state", { hasText: "queued" }).waitFor();
    await page.getByText(/worker|place|wait/).first().waitFor();
    await sure("Hold");
    await page.locator(".title .state", { hasText: "held" }).waitFor();
    await sure("Release");
    await page.locator(".title .state", { hasText: "queued" }).waitFor();
    await server.order("/v1/jobs/2/cancel");
    await page.locator(".title .state", { hasText: "cancelled" }).waitFor();
  });

  await t.test("one that does not exist is said to be missing", async (t) => {
    const page = await openPage(t, browser, `${server.url}/#/runs/77`,
      { expected: /Failed to load resource: .*404/ });
    await page.getByText("There is no such run.").waitFor();
    await page.getByRole("link", { name: "All runs" }).click();
    await page.waitForURL(/#\/runs$/);
  });
});

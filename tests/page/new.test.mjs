// New job: the form, its JSON, what the server says of both, and the submission.
import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { makeSet } from "../lib/idx.mjs";
import { short, spec } from "../lib/specs.mjs";

const REFUSED = { expected: /Failed to load resource: .*(422|400|429)|net::ERR_FAILED/ };
const label = (page, name) => page.locator(".job-form").getByLabel(name, { exact: true });
const json = (page) => page.locator(".spec-text");
const written = async (page) => JSON.parse(await json(page).inputValue());
const plan = (page) => page.locator(".plan");
const submit = (page) => page.getByRole("button", { name: "Submit the job" });

test("the form for a job", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const place = workspace(t);
  makeSet(place.datasets, "mnist");
  const server = await startServer(t, { place });
  const open = async (t, hash = "#/new", options = {}) => {
    const page = await openPage(t, browser, `${server.url}/${hash}`, { ...REFUSED, ...options });
    await plan(page).getByText(/runs?/).first().waitFor();
    return page;
  };

  await t.test("has a control for every field, with help, default and unit", async (t) => {
    const page = await open(t);
    const { fields } = await server.get("/v1/spec");
    for (const { pointer, help } of fields.filter(({ type }) => type !== "sweep")) {
      const control = page.locator(`.job-form [name="${pointer}"]`);
      assert.equal(await control.count(), 1, pointer);
      const field = control.locator("..");
      assert.ok((await field.locator(".help").textContent()).startsWith(help), pointer);
      assert.equal(await field.locator("label").count(), 1, pointer);
    }
    assert.equal(await label(page, "accuracy").getAttribute("placeholder"), "0.95");
    assert.equal(await label(page, "evaluate every, samples").getAttribute("placeholder"), "2000");
    assert.deepEqual(await written(page), { dataset: "mnist" });
  });

  await t.test("writes the JSON, and the JSON the form", async (t) => {
    const page = await open(t);
    await label(page, "hidden, units").fill("20, 10");
    await label(page, "activation").selectOption("relu");
    await label(page, "learning rate").fill("0.02");
    await label(page, "tags").fill("a, b");
    await label(page, "accuracy").fill("none");
    await page.getByRole("checkbox", { name: "Competition" }).check();
    await label(page, "seeds").fill("3, 5");
    assert.deepEqual(await written(page), { dataset: "mnist", network: { hidden: [20, 10],
      activation: "relu" }, training: { learning_rate: 0.02 }, tags: ["a", "b"],
    stop: { accuracy: null }, plasticity: { compete: { fraction: [0.1, 0.1, 1] } },
    seeds: [3, 5] });
    await label(page, "activation").selectOption("leaky_relu");
    await label(page, "accuracy").fill("");
    assert.deepEqual(Object.keys(await written(page)), ["dataset", "network", "training", "tags",
      "plasticity", "seeds"]);

    await json(page).fill(JSON.stringify({ dataset: "tiny", name: "typed", seeds: [7],
      network: { init_std: [0.1] }, plasticity: { gate: 0.5, mask: { redraw: { cycle: 4 } } },
      sweep: { "/network/hidden/0": [5, 6], "/training/order": ["random", "shuffled"] } }));
    assert.equal(await label(page, "name").inputValue(), "typed");
    assert.equal(await label(page, "dataset").inputValue(), "tiny");
    assert.equal(await label(page, "seeds").inputValue(), "[7]");
    assert.equal(await label(page, "init std").inputValue(), "[0.1]");
    assert.equal(await label(page, "gate").inputValue(), "0.5");
    assert.equal(await label(page, "redraw").inputValue(), "cycle 4");
    assert.equal(await page.getByRole("checkbox", { name: "Competition" }).isChecked(), false);
    const axes = page.locator(".axis");
    assert.deepEqual(await axes.nth(1).locator("input").evaluateAll((inputs) =>
      inputs.map((input) => input.value)), ["/training/order", "random, shuffled"]);
    await label(page, "redraw").fill("cycle 5");
    assert.deepEqual((await written(page)).plasticity.mask.redraw, { cycle: 5 });
    assert.deepEqual((await written(page)).seeds, [7]);
  });

  await t.test("has an editor for the sweep", async (t) => {
    const page = await open(t);
    await page.getByRole("button", { name: "Sweep learning rate" }).click();
    const row = page.locator(".axis");
    const values = row.getByLabel(/^values of axis/);
    assert.equal(await values.inputValue(), "0.01");
    await values.fill("[0.01, 0.1], 0.02, 0.03");
    await page.getByRole("button", { name: "Add an axis" }).click();
    await row.nth(1).getByLabel(/^pointer of axis/).fill("/plasticity");
    await row.nth(1).getByLabel(/^values of axis/).fill('{}, {"gate": "wrong"}');
    assert.deepEqual((await written(page)).sweep, { "/training/learning_rate": [[0.01, 0.1], 0.02,
      0.03], "/plasticity": [{}, { gate: "wrong" }] });
    await label(page, "seeds").fill("2");
    await plan(page).getByText("6 cells × 2 seeds").waitFor();
    await plan(page).getByText(/at most about/).waitFor();
    await page.locator(".swept:not([hidden])").first().waitFor();
    await page.getByRole("button", { name: /^Remove axis/ }).first().click();
    await plan(page).getByText("2 cells × 2 seeds").waitFor();
  });

  await t.test("says what is wrong, where it is wrong", async (t) => {
    const page = await open(t);
    const wrong = async (name) => {
      const field = label(page, name).locator("..");
      await until(async () => await label(page, name).getAttribute("aria-invalid") === "true", name);
      return field.locator(".field-error").innerText();
    };
    await label(page, "hidden, units").fill("many");
    await label(page, "accuracy").fill("7");
    await label(page, "dataset").fill("mnst");
    assert.match(await wrong("hidden, units"), /integer/);
    assert.match(await wrong("accuracy"), /at most 1/);
    assert.equal(await submit(page).isDisabled(), true);
    await plan(page).getByText("3 things are not right yet:").waitFor();
    await plan(page).getByRole("button", { name: "/stop/accuracy" }).click();
    assert.ok(await label(page, "accuracy").evaluate((control) => control === document.activeElement));
    await label(page, "hidden, units").fill("5");
    await label(page, "accuracy").fill("0.7");
    assert.match(await wrong("dataset"), /mnst/);
    await label(page, "dataset").fill("tiny");
    await json(page).fill((await json(page).inputValue()).replace("hidden", "hiden"));
    await plan(page).getByText("Did you mean “hidden”?").waitFor();
    await json(page).fill('{"dataset": ');
    await page.locator("#json-error", { hasText: "This is no JSON yet" }).waitFor();
    assert.ok(await page.locator(".job-form[inert]").count() === 1);
    await page.getByRole("button", { name: "Start again" }).click();
    await plan(page).getByText("1 cell × 1 seed").waitFor();
    assert.deepEqual(await written(page), { dataset: "mnist" });
    assert.equal(await page.locator("[aria-invalid]").count(), 0);
  });

  await t.test("starts from a preset, from a job and from a link", async (t) => {
    const presets = (await server.get("/v1/presets")).items;
    const page = await open(t);
    await page.getByText("Start from a question of the paper").click();
    await page.getByRole("link", { name: `${presets[1].spec.name}, quick` }).click();
    await page.waitForURL(/preset=/);
    await plan(page).getByText("10 cells × 3 seeds").waitFor();
    assert.deepEqual(await written(page), { ...presets[1].spec, ...presets[1].quick });
    await page.goBack();
    await plan(page).getByText("1 cell × 1 seed").waitFor();

    const given = spec(short, { name: "again", seeds: 2, plasticity: { gate: "wrong" } });
    const { id } = await server.submit(given);
    await page.goto(`${server.url}/#/new?job=${id}`);
    await plan(page).getByText("1 cell × 2 seeds").waitFor();
    assert.deepEqual(sorted(await written(page)), sorted({ ...given,
      stop: { accuracy: null } })); // five epochs are the default
    await label(page, "name").fill("changed");
    const link = await page.getByRole("link", { name: "A link to this form" }).getAttribute("href");
    const other = await open(t, link);
    assert.equal(await label(other, "name").inputValue(), "changed");
    const none = await openPage(t, browser, `${server.url}/#/new?job=999`,
      { expected: /Failed to load resource: .*404/ });
    await none.getByText("there is no such job").waitFor();
  });

  await t.test("loses nothing by Back and reload", async (t) => {
    const page = await open(t);
    await label(page, "name").fill("kept");
    await page.getByRole("link", { name: "Glossary" }).click();
    await page.getByRole("heading", { name: "Glossary" }).waitFor();
    await page.goBack();
    await label(page, "name").waitFor();
    assert.equal(await label(page, "name").inputValue(), "kept");
    await page.reload();
    await label(page, "name").waitFor();
    assert.equal(await label(page, "name").inputValue(), "kept");
  });

  await t.test("submits once, whatever happens to the answer", async (t) => {
    const page = await open(t);
    const before = (await server.get("/v1/jobs")).items.length;
    await json(page).fill(JSON.stringify(spec(short, { name: "only once" })));
    let lost = true;
    await page.route("**/v1/jobs", async (route) => {
      if (!lost) return route.fallback();
      lost = false;
      await route.fetch();
      return route.abort();
    });
    await plan(page).getByText("1 cell × 1 seed").waitFor();
    await until(async () => !await submit(page).isDisabled(), "a valid spec");
    await submit(page).click();
    await plan(page).getByText("The server does not answer.").waitFor();
    await submit(page).click();
    await page.waitForURL(/#\/jobs\/\d+$/);
    await page.unroute("**/v1/jobs");
    await page.getByRole("heading", { name: "only once" }).waitFor();
    assert.equal((await server.get("/v1/jobs")).items.length, before + 1);
    assert.equal((await server.get("/v1/jobs")).items[0].name, "only once");
    await page.getByRole("link", { name: "New job" }).click();
    await label(page, "name").waitFor();
    assert.equal(await label(page, "name").inputValue(), "", "the draft is gone");
  });

  await t.test("keeps what people write as text, however long", async (t) => {
    const page = await open(t);
    const nasty = '<img src=x onerror="window.pwned=1">\u202egnihton</script>';
    await label(page, "name").fill(nasty);
    await label(page, "note").fill(`${nasty}\n${"long ".repeat(1980)}`);
    await label(page, "dataset").fill("tiny");
    await plan(page).getByText("1 cell × 1 seed").waitFor();
    await until(async () => !await submit(page).isDisabled(), "a valid spec");
    await submit(page).click();
    await page.waitForURL(/#\/jobs\/\d+$/);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.goto(`${server.url}/#/`);
    await page.locator(".job-name", { hasText: "onerror" }).first().waitFor();
    assert.equal((await server.get("/v1/jobs")).items[0].name, nasty);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator("main img, main script").count(), 0);
    await page.goto(`${server.url}/#/new`);
    await label(page, "note").fill("x".repeat(10001));
    await plan(page).getByText(/0 to 10000 characters/).waitFor();
  });
});

function sorted(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, sorted(member)]));
}

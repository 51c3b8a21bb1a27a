// Makes the pictures of README, with real runs of real data: make screenshots.
import path from "node:path";
import test from "node:test";
import { drawn, launch, openPage } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { real, root } from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";

const GOAL = real.name === "mnist" ? 0.95 : 0.85;
const VIEWPORT = { width: 1200, height: 1000 };

const JOBS = {
  fractions: { name: "Energy against the plastic fraction: the largest updates",
    tags: ["plastic-fraction"], seeds: 5, network: { hidden: [200] },
    note: "Only the synapses with the largest updates change, a fraction of the first layer.",
    evaluate: { every: 1000 }, stop: { accuracy: GOAL },
    sweep: { "/plasticity/compete/fraction": [[1, 1], [0.1, 1], [0.01, 1]] } },
  wild: { name: "Too fast for a large network", tags: ["learning-rate"], seeds: 2,
    network: { hidden: [1000] }, training: { learning_rate: 2 } },
  large: { name: "A subnet of 100 in 5000 units", tags: ["subnet"], seeds: 3,
    network: { hidden: [5000] }, plasticity: { subnet: { units: 100 } },
    evaluate: { every: 1000 }, stop: { accuracy: null, epochs: 60 } },
  masks: { name: "Random masks, one per class", tags: ["mask"], seeds: 5,
    plasticity: { mask: { fraction: [0.1, 1], redraw: "class" } } },
  later: { name: "Synaptic caching, all thresholds", tags: ["caching"], seeds: 4,
    plasticity: { cache: { threshold: 0.05 } },
    sweep: { "/plasticity/cache/threshold": [0.01, 0.05, 0.2] } },
};

const submit = (server, job) => server.submit({ dataset: real.name, ...job });

test("pictures", { timeout: 300000 }, async (t) => {
  const place = { ...workspace(t), datasets: real.folder };
  const server = await startServer(t, { place, workers: 2 });
  const browser = await launch(t);
  const page = await openPage(t, browser, `${server.url}/#/jobs/1`,
    { viewport: VIEWPORT, expected: /Failed to load resource: .*404/ });
  const picture = async (name) => page.screenshot({ path: path.join(root, "web", `${name}.png`) });

  for (const job of [JOBS.fractions, JOBS.wild]) {
    await server.done((await submit(server, job)).id, 200000);
  }
  await page.goto(`${server.url}/#/jobs/1`);
  await page.reload();
  await drawn(page);
  await page.waitForTimeout(1500); // the curves are drawn at most four times a second
  await picture("screenshot");

  await page.goto(`${server.url}/#/new?preset=plastic-fraction&quick=1`);
  await page.locator(".plan-figures b").first().waitFor();
  await picture("screenshot-new");

  await server.order("/v1/workers", { draining: true }, "PATCH");
  for (const job of [JOBS.large, JOBS.masks, JOBS.later]) await submit(server, job);
  await server.order("/v1/jobs/5/hold");
  await server.order("/v1/workers", { draining: false }, "PATCH");
  await page.goto(`${server.url}/#/`);
  const lines = () => page.locator(".at-work polyline").evaluateAll((all) =>
    all.map((line) => line.getAttribute("points").split(" ").length));
  await until(async () => (await lines()).filter((points) => points > 12).length === 2,
    "some of two curves", 60000, 200);
  await picture("screenshot-home");
});

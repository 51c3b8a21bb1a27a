// Runs whose data set is not there wait for it; those whose data set has changed fail.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { makeSet } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const csv = async (server, run) =>
  (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;

const waits = (server, run) => until(async () => {
  const w = await server.get(`/v1/runs/${run}/why`);
  return /waits for data set/.test(w.why) && w;
}, `run ${run} that waits for its data set`);

test("a queued run whose data set is gone waits for it, and lets others go before",
  async (t) => {
    const place = workspace(t);
    makeSet(place.datasets, "other", { seed: 3 });
    let server = await startServer(t, { place, workers: 1 });
    await server.submit(spec(endless, { dataset: "other" })); // keeps the worker
    const work = spec(long, { seeds: 3 });
    await server.submit(work);
    await server.submit(short);
    assert.equal((await server.get("/v1/runs/2")).state, "queued");
    server.checkEnd(await server.stop());

    const [here, away] = [path.join(place.datasets, "tiny"), path.join(place.folder, "away")];
    fs.renameSync(here, away);
    server = await startServer(t, { place, workers: 1 });
    await server.order("/v1/jobs/1/cancel");
    for (const run of [2, 3, 4, 5]) {
      const w = await waits(server, run);
      assert.deepEqual([w.state, w.place, w.expected_start], ["queued", null, null]);
      assert.ok(w.why.startsWith('it waits for data set "tiny": not found in ' + place.datasets), w.why);
    }
    const { out } = await clientOf(server)("why", "2");
    assert.match(out, /waits for data set "tiny": not found in/);
    // They do not keep the worker from others, and nothing is tried over and over.
    const fine = await server.submit(spec(short, { dataset: "other" }));
    assert.equal((await server.done(fine.id)).state, "succeeded");
    const events = async () => (await server.get("/v1/runs/2/attempts")).items.length;
    await sleep(2500);
    assert.equal(await events(), 0);
    assert.equal((await server.get("/v1/workers")).busy, 0);
    assert.equal((await server.get("/v1/runs/2")).attempts, 0);

    // What waits can be held, released and cancelled, and is there after a restart.
    await server.order("/v1/jobs/2/hold", { runs: [3] });
    assert.equal((await server.get("/v1/runs/3")).state, "held");
    await server.order("/v1/jobs/2/release", { runs: [3] });
    await server.order("/v1/jobs/2/cancel", { runs: [4] });
    assert.equal((await server.get("/v1/runs/4")).state, "cancelled");
    server.checkEnd(await server.stop());
    server = await startServer(t, { place, workers: 1 });
    await waits(server, 2);

    fs.renameSync(away, here);
    assert.equal((await server.done(3)).state, "succeeded");
    await server.done(2);
    const states = (await server.get("/v1/runs?job=2")).items.map((r) => r.state);
    assert.deepEqual(states, ["succeeded", "succeeded", "cancelled"]);
    assert.deepEqual((await server.get("/v1/runs/2")).attempts, 1);

    const whole = await startServer(t);
    await whole.submit(spec(long, { seeds: 2 }));
    await whole.done(1);
    for (const run of [1, 2]) assert.equal(await csv(server, run + 1), await csv(whole, run));
  });

test("the data set goes away under a run: the run goes on when it is back", async (t) => {
  const place = workspace(t);
  let server = await startServer(t, { place });
  await server.submit(long);
  await until(async () => (await server.get("/v1/runs/1")).results?.samples > 0, "some rows");
  await server.kill();
  const [here, away] = [path.join(place.datasets, "tiny"), path.join(place.folder, "away")];
  fs.renameSync(here, away);
  server = await startServer(t, { place });
  await waits(server, 1);
  fs.renameSync(away, here);
  assert.equal((await server.done(1)).state, "succeeded");
  const whole = await startServer(t);
  await whole.submit(long);
  await whole.done(1);
  assert.equal(await csv(server, 1), await csv(whole, 1));
});

test("a data set that has changed fails the run that had begun, and says so", async (t) => {
  const place = workspace(t);
  let server = await startServer(t, { place, workers: 1 });
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await server.get("/v1/runs/1")).results?.samples > 0, "some rows");
  server.checkEnd(await server.stop());
  makeSet(place.datasets, "tiny", { seed: 8 });
  server = await startServer(t, { place, workers: 1 });
  const run = await until(async () => {
    const r = await server.get("/v1/runs/1");
    return r.state === "failed" && r;
  }, "the failure");
  assert.equal(run.outcome, "error");
  assert.match(run.reason, /the data set "tiny" is no longer the one .* its files have changed/);
  await until(async () => (await server.get("/v1/runs/2")).results?.samples > 0,
    "the other one, which had not begun");
});

test("a spec that does not fit what its data set has become fails its run", async (t) => {
  const place = workspace(t);
  let server = await startServer(t, { place, workers: 1 });
  await server.submit(endless);
  const picky = spec(short, { plasticity: { compete: { by: "update", count: [700, 30] } } });
  const r = await server.post(picky);
  assert.equal(r.status, 201, r.text);
  server.checkEnd(await server.stop());
  makeSet(place.datasets, "tiny", { height: 4, width: 4 });
  server = await startServer(t, { place, workers: 1 });
  const run = await until(async () => {
    const now = await server.get("/v1/runs/2");
    return now.state === "failed" && now;
  }, "the failure");
  assert.match(run.reason, /^\/plasticity\/compete\/count\/0: .* data set "tiny" as it is now/);
});

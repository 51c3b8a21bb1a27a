// How many runs of an owner may wait: what would be too many is refused as a whole.
import assert from "node:assert/strict";
import test from "node:test";
import { bearer, token } from "../lib/accounts.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const submit = (server, seeds) => server.post(spec(short, { seeds }));

async function waiting(server) {
  return (await server.all("/v1/runs?state=queued")).length;
}

test("a job over the quota gets 429 and leaves nothing", async (t) => {
  const server = await startServer(t, { workers: 0, args: ["--waiting-per-owner", "5"] });
  assert.equal((await submit(server, 3)).status, 201);
  const refused = await submit(server, 3);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "60");
  assert.match(refused.headers["content-type"], /^application\/problem\+json/);
  assert.equal(JSON.parse(refused.text).detail, "too many runs of this owner wait already");
  assert.equal((await server.get("/v1/jobs")).items.length, 1);
  assert.equal(await waiting(server), 3);

  assert.equal((await submit(server, 2)).status, 201, "exactly as many as may wait");
  assert.equal((await submit(server, 1)).status, 429);
  const extended = await server.order("/v1/jobs/1/extend", { seeds: [7] });
  assert.equal(extended.status, 429);
  assert.equal((await server.get("/v1/jobs/1")).runs.total, 3);

  await server.order("/v1/jobs/1/cancel", {});
  assert.equal((await submit(server, 3)).status, 201, "room again");
  assert.equal(await waiting(server), 5);
});

test("held runs count as waiting, and so does what is retried", async (t) => {
  const server = await startServer(t, { workers: 0, args: ["--waiting-per-owner", "5"] });
  assert.equal((await submit(server, 3)).status, 201);
  assert.equal((await server.order("/v1/jobs/1/hold")).status, 200);
  assert.equal((await submit(server, 3)).status, 429, "holding makes no room");
  assert.equal((await submit(server, 2)).status, 201);
  assert.equal((await server.order("/v1/jobs/1/release")).status, 200, "always");
  assert.equal((await server.order("/v1/jobs/2/cancel")).status, 200);
  assert.equal((await server.order("/v1/jobs/2/retry")).status, 200);
  assert.equal((await server.order("/v1/jobs/2/cancel")).status, 200);
  assert.equal((await submit(server, 1)).status, 201);
  assert.equal((await server.order("/v1/jobs/2/retry")).status, 429);
  assert.equal((await server.get("/v1/jobs/2")).runs.cancelled, 2);
});

test("without a limit any number may wait", async (t) => {
  const server = await startServer(t, { workers: 0 });
  assert.equal((await submit(server, 500)).status, 201);
  assert.equal((await submit(server, 500)).status, 201);
  assert.equal(await waiting(server), 1000);
});

test("jobs of one user within a minute: as many as he may, and then 429", async (t) => {
  const place = workspace(t);
  const [anna, bert] = [await token(place, "anna"), await token(place, "bert")];
  const server = await startServer(t, { place, workers: 0,
    args: ["--require-tokens", "--submissions-per-minute", "60"] });
  const post = (secret, query = "") => server.post(short, { query, headers: bearer(secret) });
  let taken = 0;
  let refused = null;
  while (refused === null && taken < 200) {
    const r = await post(anna);
    if (r.status === 201) taken += 1;
    else refused = r;
  }
  assert.equal(refused?.status, 429, `${taken} were taken`);
  assert.match(refused.json().detail, /within a minute/);
  assert.equal(refused.headers["retry-after"], "1");
  assert.ok(taken >= 60, `${taken}`);
  assert.equal((await post(anna, "?dry_run=1")).status, 200, "that makes nothing");
  assert.equal((await post(bert)).status, 201);
  await until(async () => (await post(anna)).status === 201, "the next one");
});

test("what counts: new jobs and extensions, not what was refused, and not a retry", async (t) => {
  const server = await startServer(t, { workers: 0, args: ["--submissions-per-minute", "2"] });
  const post = async (body, key) => (await server.post(body, { headers: { "Idempotency-Key": key } }))
    .status;
  const extend = async (seed) => (await server.order("/v1/jobs/1/extend", { seeds: [seed] })).status;
  for (let i = 0; i < 3; i += 1) assert.equal(await post(spec(short, { steps: "x" }), "bad"), 422);
  assert.equal(await post(short, "one"), 201);
  assert.equal(await extend(7), 200);
  assert.equal(await extend(8), 429);
  assert.equal(await post(short, "two"), 429);
  for (let i = 0; i < 3; i += 1) assert.equal(await post(short, "one"), 200, "a retry");
  assert.equal((await server.get("/v1/jobs/1")).runs.total, 2);
});

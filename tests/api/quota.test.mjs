// How many runs of an owner may wait: what would be too many is refused as a whole.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
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

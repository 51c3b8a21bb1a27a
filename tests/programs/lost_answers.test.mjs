// Requests and answers get lost, and the server is killed again and again: with keys, each
// submission is one job.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import { numbers } from "../lib/idx.mjs";
import { lossyProxy } from "../lib/lossy.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const SUBMISSIONS = Number(process.env.FRUGAL_SUBMISSIONS ?? 120);
const KILLS = Number(process.env.FRUGAL_KILLS_MEANWHILE ?? 10);
const CLIENTS = 6, TRIES = 100;

async function insist(url, name) {
  for (let i = 0; i < TRIES; i += 1) {
    const r = await request(`${url}/v1/jobs`, { method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": `key-${name}` },
      body: JSON.stringify(spec(short, { name })) }).catch(() => null);
    if (r?.status === 200 || r?.status === 201) return r.json().id;
    assert.ok(r === null || r.status === 503, r?.text);
    await sleep(20);
  }
  throw new Error(`${name}: no answer`);
}

test("each submission is one job, whatever gets lost", { timeout: 400000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const place = workspace(t);
  let server = await startServer(t, { place });
  const proxy = await lossyProxy(t, () => server.url,
    () => ["request", "answer"][next(5)]);
  let left = SUBMISSIONS;
  const ids = [];
  const clients = Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (left > 0) {
      left -= 1;
      ids.push(await insist(proxy.url, `job-${left}`));
    }
  }));
  for (let i = 0; i < KILLS; i += 1) {
    await sleep(50 + next(100));
    await server.kill();
    server = await startServer(t, { place });
  }
  await clients;
  assert.ok(proxy.keys.length > SUBMISSIONS * 1.3, "hardly anything was repeated");
  const jobs = await server.all("/v1/jobs?limit=100");
  assert.equal(jobs.length, SUBMISSIONS);
  assert.equal(new Set(jobs.map((job) => job.name)).size, SUBMISSIONS);
  assert.deepEqual([...ids].sort((a, b) => a - b), jobs.map((job) => job.id).reverse());
});

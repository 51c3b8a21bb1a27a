// Ends in order: by a signal, with work at hand, under load, and in a hurry.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

const LIMIT_MS = 10000;
const STOPS = Number(process.env.FRUGAL_STOPS ?? 12);

async function atWork(server, runs) {
  await until(async () => (await server.get("/v1/runs?state=running")).items.length === runs &&
    (await server.get("/v1/runs?state=running")).items.every((run) => run.results),
  `${runs} runs at work`);
}

for (const signal of ["SIGTERM", "SIGINT"]) {
  test(`${signal} with work at hand: 0, and the runs wait again`, async (t) => {
    const server = await startServer(t, { workers: 2 });
    await server.submit(spec(endless, { seeds: 4 }));
    await atWork(server, 2);
    const began = Date.now();
    server.checkEnd(await server.stop(signal));
    assert.ok(Date.now() - began < LIMIT_MS);
    const again = await startServer(t, { place: server.place, workers: 1 });
    await atWork(again, 1);
    const { items } = await again.get("/v1/runs");
    assert.deepEqual(items.map((run) => run.state), ["running", "queued", "queued", "queued"]);
    assert.ok(items.every((run) => run.outcome === null && run.finished === null));
    assert.equal((await again.get("/v1/runs/2")).place, 1);
  });
}

test("a run that was interrupted in order ends with the trace of one that was not",
  async (t) => {
    const work = spec(long, { seeds: 2, stop: { accuracy: null, epochs: null, samples: 300000 } });
    const csv = async (server, run) =>
      (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;
    const whole = await startServer(t);
    await whole.submit(work);
    assert.equal((await whole.done(1)).state, "succeeded");
    let server = await startServer(t);
    await server.submit(work);
    for (let i = 0; i < 4; i += 1) {
      await sleep(100 + 60 * i);
      server.checkEnd(await server.stop());
      server = await startServer(t, { place: server.place, workers: 1 + i % 2 });
    }
    assert.equal((await server.done(1)).state, "succeeded");
    for (const run of [1, 2]) {
      assert.equal(await csv(server, run), await csv(whole, run));
      const { results } = await server.get(`/v1/runs/${run}`);
      const wanted = (await whole.get(`/v1/runs/${run}`)).results;
      assert.deepEqual({ ...results, seconds: 0 }, { ...wanted, seconds: 0 });
    }
    const { events } = await replay(t, server);
    assert.ok(events.every((event, i) => event.id === i + 1), "events without a gap");
  });

async function replay(t, server) {
  const stream = await Events.open(t, `${server.url}/v1/events?after=0`);
  await stream.wait((e) => e.data.run === 2 && e.data.state === "succeeded", "the replay");
  return stream;
}

test("a second signal ends it at once", async (t) => {
  const server = await startServer(t);
  await server.submit(spec(endless, { seeds: 2 }));
  await atWork(server, 2);
  server.signal("SIGTERM");
  server.signal("SIGTERM");
  server.signal("SIGINT");
  const { code } = await server.ended(5000);
  assert.ok([0, 130, 143].includes(code), `code ${code}`);
  const again = await startServer(t, { place: server.place });
  assert.equal((await again.get("/v1/runs")).items.length, 2);
  await atWork(again, 2);
});

test("SIGHUP changes nothing", async (t) => {
  const server = await startServer(t);
  server.signal("SIGHUP");
  await sleep(200);
  assert.equal((await server.request("/healthz")).status, 200);
});

test("requests under way are answered whole", async (t) => {
  for (let i = 0; i < STOPS; i += 1) {
    const server = await startServer(t);
    await server.submit(i % 3 ? short : spec(endless, { seeds: 4 }));
    const streams = await Promise.all(Array.from({ length: i % 3 ? 0 : 8 },
      () => Events.open(t, `${server.url}/v1/events`)));
    const answers = Array.from({ length: 40 }, (_, n) => n < 30
      ? request(`${server.url}/v1/spec`) : server.post(short));
    await sleep(i % 12 * 2);
    const began = Date.now();
    const end = server.stop();
    const results = await Promise.allSettled(answers);
    server.checkEnd(await end);
    assert.ok(Date.now() - began < LIMIT_MS);
    await Promise.all(streams.map((stream) => stream.ended()));
    const taken = results.filter((r) => r.value?.status === 201).map((r) => r.value.json().id);
    for (const { status, value, reason } of results) {
      if (status === "fulfilled") {
        assert.ok([200, 201, 503].includes(value.status), value.status);
        value.json();
      } else {
        assert.match(reason.code ?? reason.message, /ECONNREFUSED|ECONNRESET|socket hang up/);
      }
    }
    const again = await startServer(t, { place: server.place });
    const kept = (await again.get("/v1/jobs?limit=500")).items.map((job) => job.id);
    assert.ok(taken.every((id) => kept.includes(id)), "a job that was taken is lost");
    again.checkEnd(await again.stop());
  }
});

test("the log says why it stopped", async (t) => {
  const server = await startServer(t);
  server.checkEnd(await server.stop());
  assert.match(server.log, /stopping on signal 15/);
});

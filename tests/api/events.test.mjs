// /v1/events: complete, in order, resumable.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { Events, gapless } from "../lib/sse.mjs";

const ids = (stream) => stream.events.map((event) => event.id);
const ended = (run) => ({ type, data }) => type === "run" && data.run === run &&
  data.state === "succeeded";

test("a job in events: order, names, gapless numbers", async (t) => {
  const server = await startServer(t);
  const stream = await Events.open(t, `${server.url}/v1/events`);
  assert.equal(stream.status, 200);
  assert.equal(stream.headers["content-type"], "text/event-stream");
  assert.equal(stream.headers["cache-control"], "no-store");
  const job = await server.submit(spec(short, { seeds: 2 }));
  await stream.wait(ended(1), "the end of run 1");
  await stream.wait(ended(2), "the end of run 2");
  assert.equal(stream.retry, 3000);
  assert.ok(gapless(ids(stream)), `gaps in ${ids(stream)}`);
  assert.deepEqual(stream.events[0], { id: stream.events[0].id, type: "job",
    data: { job: job.id, state: "queued" } });
  for (const run of [1, 2]) {
    const own = stream.events.filter((event) => event.data.run === run);
    assert.ok(own.every((event) => event.data.job === job.id));
    const states = own.filter((event) => event.type === "run").map((e) => e.data.state);
    assert.deepEqual(states, ["running", "succeeded"]);
    assert.deepEqual([own[0].type, own.at(-1).type], ["run", "run"]);
    const rows = own.filter((event) => event.type === "trace").map((e) => e.data.last);
    assert.ok(rows.every((row, i) => i === 0 || row > rows[i - 1]), `rows ${rows}`);
    assert.equal(rows.at(-1), 4);
    for (const event of own) {
      const keys = event.type === "run" ? ["job", "run", "state"] : ["job", "last", "run"];
      assert.deepEqual(Object.keys(event.data).sort(), keys);
    }
  }
  assert.ok(!stream.closed, "the stream stays open");
  assert.equal((await server.get("/v1/runs/2")).state, "succeeded");
});

test("what is told is already stored", async (t) => {
  const server = await startServer(t);
  const stream = await Events.open(t, `${server.url}/v1/events`);
  await server.submit(spec(short, { seeds: 6, evaluate: { every: 100 } }));
  let seen = 0;
  const check = async (event) => {
    const run = event.data.run && await server.get(`/v1/runs/${event.data.run}`);
    if (event.type === "run") {
      const order = ["queued", "running", "succeeded"];
      assert.ok(order.indexOf(run.state) >= order.indexOf(event.data.state));
    }
    if (event.type === "trace") {
      const trace = await server.get(`/v1/runs/${run.id}/trace?columns=samples`);
      assert.ok(trace.columns.samples.length > event.data.last);
    }
  };
  while (!stream.events.some(ended(6))) {
    for (; seen < stream.events.length; seen += 1) await check(stream.events[seen]);
    await sleep(5);
  }
});

test("a reader who comes back misses nothing and gets nothing twice", async (t) => {
  const server = await startServer(t);
  const whole = await Events.open(t, `${server.url}/v1/events?after=0`);
  await server.submit(spec(short, { seeds: 5 }));
  await whole.wait(ended(5), "the end");
  await server.done(1);
  await sleep(200);
  const all = whole.events;
  const places = [0, 1, Math.floor(all.length / 2), all.length - 1];
  for (const at of places) {
    const id = all[at].id;
    const byHeader = await Events.open(t, `${server.url}/v1/events`, { "Last-Event-ID": id });
    const byQuery = await Events.open(t, `${server.url}/v1/events?after=${id}`);
    for (const stream of [byHeader, byQuery]) {
      await until(() => stream.events.length >= all.length - 1 - at, "the rest", 10000);
      assert.deepEqual(stream.events, all.slice(at + 1), `after ${id}`);
      stream.close();
    }
  }
  const none = await Events.open(t, `${server.url}/v1/events`);
  await sleep(300);
  assert.deepEqual(none.events, [], "without an id it starts now");
});

test("many readers who lose the connection all the time see the same", async (t) => {
  const server = await startServer(t);
  const reader = async () => {
    const seen = [];
    let last = 0;
    while (!seen.some(ended(8))) {
      const stream = await Events.open(t, `${server.url}/v1/events?after=${last}`);
      await sleep(10 + 20 * Math.random());
      stream.close();
      seen.push(...stream.events);
      last = seen.at(-1)?.id ?? 0;
    }
    return seen;
  };
  const readers = Array.from({ length: 8 }, reader);
  await server.submit(spec(short, { seeds: 8, evaluate: { every: 50 } }));
  const seen = await Promise.all(readers);
  const whole = await Events.open(t, `${server.url}/v1/events?after=0`);
  await whole.wait(ended(8), "the end");
  for (const events of seen) {
    assert.ok(gapless(events.map((event) => event.id)));
    assert.deepEqual(events, whole.events.slice(0, events.length));
  }
});

test("only one job's events", async (t) => {
  const server = await startServer(t);
  const second = await Events.open(t, `${server.url}/v1/events?job=2`);
  await server.submit(short);
  await server.submit(short);
  await server.submit(short);
  await second.wait(ended(2), "the end of run 2");
  await Promise.all([1, 2, 3].map((job) => server.done(job)));
  await sleep(200);
  assert.ok(second.events.length >= 3);
  assert.ok(second.events.every((event) => event.data.job === 2));
  const later = await Events.open(t, `${server.url}/v1/events?job=2&after=0`);
  await later.wait(ended(2), "the replay");
  assert.deepEqual(later.events, second.events);
});

test("an id that never was leads to a reset, and then on", async (t) => {
  const server = await startServer(t);
  await server.submit(short);
  await server.done(1);
  const resets = [{ headers: { "Last-Event-ID": "999999999" } },
    { headers: { "Last-Event-ID": "not a number" } }, { query: "?after=123456789" }];
  for (const { headers = {}, query = "" } of resets) {
    const stream = await Events.open(t, `${server.url}/v1/events${query}`, headers);
    const reset = await stream.wait((event) => event.type === "reset", "a reset");
    assert.deepEqual(reset.data, {});
    assert.equal(stream.events.length, 1);
    const job = await server.submit(short);
    await stream.wait((e) => e.type === "job" && e.data.job === job.id, "the next job");
    assert.ok(gapless(ids(stream)), `${ids(stream)}`);
    await server.done(job.id);
    stream.close();
  }
});

test("bad arguments", async (t) => {
  const server = await startServer(t);
  for (const query of ["after=x", "after=-1", "job=0", "job=x", "after="]) {
    assert.equal((await server.request(`/v1/events?${query}`)).status, 400, query);
  }
});

test("rows of a long run are told while it is at work", async (t) => {
  const server = await startServer(t);
  const stream = await Events.open(t, `${server.url}/v1/events`);
  await server.submit(endless);
  const rows = () => stream.events.filter((event) => event.type === "trace");
  await until(() => rows().length >= 10, "ten events of rows");
  assert.equal((await server.get("/v1/runs/1")).state, "running");
  assert.ok(gapless(ids(stream)));
});

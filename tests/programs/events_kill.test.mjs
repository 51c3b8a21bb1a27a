// P5: events while the server is killed again and again, and its readers lose their connections in
// between: in order, each once, none missing, and none that is not in the store afterwards.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { numbers } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";
import { Events, gapless } from "../lib/sse.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const KILLS = Number(process.env.FRUGAL_EVENT_KILLS ?? 12);
const READERS = 16;

/* Reads from where it was, for a while, again and again, whatever becomes of the server. */
async function read(t, url, over, next) {
  const seen = [];
  let lost = 0;
  while (!over(seen)) {
    try {
      const stream = seen.length > 0
        ? await Events.open(t, `${url}/v1/events`, { "Last-Event-ID": seen.at(-1).id })
        : await Events.open(t, `${url}/v1/events?after=0`);
      const end = Date.now() + 10 + next(150);
      while (!stream.closed && Date.now() < end) await sleep(5);
      stream.close();
      seen.push(...stream.events);
      lost += 1;
    } catch (error) {
      assert.match(String(error.code), /ECONNREFUSED|ECONNRESET|EPIPE/, error.stack);
      await sleep(10);
    }
  }
  return { seen, lost };
}

test("events across kills", { timeout: 1000000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const place = workspace(t);
  const options = { place, args: ["--checkpoint-seconds", "0", "--connections-per-address", "0"] };
  let server = await startServer(t, options);
  const { url, port } = server;
  let last = null; // id of the last event there will be
  const readers = Array.from({ length: READERS }, () =>
    read(t, url, (seen) => last !== null && seen.at(-1)?.id === last, next));
  let jobs = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    if ((await server.get("/v1/workers")).busy === 0 || kill % 3 === 0) {
      await server.submit(spec(short, { seeds: 3, evaluate: { every: 20 },
        stop: { accuracy: null, epochs: 4 } }));
      jobs += 1;
    }
    await sleep(next(250));
    await server.kill();
    server = await startServer(t, { ...options, listen: `127.0.0.1:${port}` });
  }
  for (let job = 1; job <= jobs; job += 1) {
    assert.equal((await server.done(job)).state, "succeeded");
  }
  const whole = await Events.open(t, `${url}/v1/events?after=0`);
  const ends = () => whole.events.filter((e) => e.type === "run" && e.data.state === "succeeded");
  await until(() => ends().length === 3 * jobs, "the end of every run");
  last = whole.events.at(-1).id;
  let connections = 0;
  for (const { seen, lost } of await Promise.all(readers)) {
    assert.ok(gapless(seen.map(({ id }) => id)), "not in order, or one is missing");
    assert.deepEqual(seen, whole.events, "other than what is stored");
    connections += lost;
  }
  assert.equal(whole.events[0].id, 1);
  for (let run = 1; run <= 3 * jobs; run += 1) {
    const rows = whole.events.filter((e) => e.type === "trace" && e.data.run === run);
    const { last: newest } = await server.get(`/v1/runs/${run}/trace?columns=samples`);
    assert.equal(rows.at(-1).data.last, newest, `run ${run}`);
  }
  t.diagnostic(`${whole.events.length} events, ${KILLS} kills, ${connections} connections`);
});

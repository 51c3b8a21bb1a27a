// Workers elsewhere: what a run costs more through one than on a thread, and what a thousand of
// them, played by this program, leave to those who ask the API meanwhile.
import assert from "node:assert/strict";
import http from "node:http";
import { performance } from "node:perf_hooks";
import { sleep } from "../lib/cleanup.mjs";
import { startWorker } from "../lib/remote.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { coreOf, row, START, values } from "../lib/work.mjs";
import { Client } from "./service_load.mjs";

const SWARM = Number(process.env.SWARM || 1000);
const SECONDS = Number(process.env.SWARM_SECONDS || 20);
const HEARTBEAT_MS = 10000;
const RUNS = 400;

/* Milliseconds for each of many runs, one after the other. */
async function pace(server, client) {
  await client.submit(spec(short, { seeds: 20 })); // data set and caches are warm
  await server.done(1);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  await client.submit(spec(short, { seeds: RUNS }));
  await sleep(1500);
  await server.order("/v1/workers", { draining: false }, "PATCH");
  await server.done(2);
  const runs = await server.all("/v1/runs?job=2&limit=500");
  const began = Math.min(...runs.map((run) => Date.parse(run.started)));
  return (Math.max(...runs.map((run) => Date.parse(run.finished))) - began) / RUNS;
}

export async function overhead(t) {
  const found = [];
  for (const remote of [false, true]) {
    const server = await startServer(t, { workers: remote ? 0 : 1 });
    if (remote) startWorker(t, server);
    const client = new Client(server.url);
    found.push(await pace(server, client));
    client.close();
    await server.stop();
  }
  return found;
}

/* Requests of one worker over a connection of its own. */
class Hand {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(server, name, core) {
    Object.assign(this, { port: server.port, name, core });
  }

  send(method, what, body, type = "application/json") {
    return new Promise((resolve, reject) => {
      const r = http.request({ host: "127.0.0.1", port: this.port, path: `/v1/work/${what}`, method,
        agent: this.#agent, headers: { "Content-Type": type,
          "Content-Length": Buffer.byteLength(body) } }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
      });
      r.on("error", reject);
      r.end(body);
    });
  }

  async begin() {
    const r = await this.send("POST", "claims", JSON.stringify({ worker: this.name, host: "here",
      cpu: "some", version: "0", core: this.core }));
    this.lease = JSON.parse(r.text).lease;
    assert.ok(this.lease > 0, r.text);
    const s = await this.send("POST", `leases/${this.lease}/start`,
      JSON.stringify({ ...START, core: this.core }));
    assert.equal(s.status, 200, s.text);
  }

  /* A row every second and a sign every ten, until the end; how late answers were. */
  async work(end, times) {
    await sleep(Math.random() * 1000);
    let sign = performance.now() + Math.random() * HEARTBEAT_MS;
    for (let seq = 0; performance.now() < end; seq += 1) {
      const next = performance.now() + 1000;
      const began = performance.now();
      const r = await this.send("PUT", `leases/${this.lease}/rows`, row(seq, values(seq)),
        "application/octet-stream");
      assert.equal(r.status, 200, r.text);
      times.push(performance.now() - began);
      if (performance.now() > sign) {
        sign += HEARTBEAT_MS;
        await this.send("POST", `leases/${this.lease}`, JSON.stringify({ samples: seq * 10 + 10 }));
      }
      await sleep(Math.max(0, next - performance.now()));
    }
  }

  close() {
    this.#agent.destroy();
  }
}

/* {api, rows}: milliseconds of each request of somebody who looks at the page, and of each row. */
export async function swarm(t) {
  const server = await startServer(t, { workers: 0,
    args: ["--connections", "3000", "--connections-per-address", "3000"] });
  await server.submit(spec(endless, { seeds: SWARM }));
  const core = await coreOf(server);
  const hands = Array.from({ length: SWARM }, (_, i) => new Hand(server, `hand-${i}`, core));
  for (let i = 0; i < SWARM; i += 50) await Promise.all(hands.slice(i, i + 50).map((h) => h.begin()));
  const end = performance.now() + SECONDS * 1000;
  const [api, rows] = [[], []];
  const work = hands.map((hand) => hand.work(end, rows));
  const client = new Client(server.url);
  const asked = ["/v1/jobs?limit=20", "/v1/runs?limit=50&sort=-samples", "/v1/runs/7", "/v1/jobs/1",
    "/v1/runs/7/trace?points=200"];
  await sleep(1500);
  for (let i = 0; performance.now() < end; i += 1) {
    const began = performance.now();
    const r = i % 10 === 9 ? await client.send("POST", "/v1/jobs", spec(short, { priority: -9 }))
      : await client.send("GET", asked[i % asked.length]);
    assert.ok(r.status < 300, String(r.status));
    api.push(performance.now() - began);
    await sleep(10);
  }
  await Promise.all(work);
  for (const hand of hands) hand.close();
  client.close();
  await server.kill(); // it would not have to wait for them, but nobody wants to know
  return { api, rows };
}

// Loads for one server on loopback: sequential and parallel submissions over connections
// that stay open, each answer checked.
import assert from "node:assert/strict";
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";

export class Client {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url) {
    this.url = new URL(url);
  }

  send(method, at, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const r = http.request({ host: this.url.hostname, port: this.url.port, path: at, method,
        headers, agent: this.#agent }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => resolve({ status: answer.statusCode,
          json: () => JSON.parse(Buffer.concat(parts)) }));
      });
      r.on("error", reject);
      r.end(text);
    });
  }

  /* Milliseconds until a job is durable. */
  async submit(spec) {
    const began = performance.now();
    const r = await this.send("POST", "/v1/jobs", spec);
    assert.equal(r.status, 201, JSON.stringify(r.json()));
    return performance.now() - began;
  }

  close() {
    this.#agent.destroy();
  }
}

/* One after the other: milliseconds each. */
export async function sequence(url, spec, n) {
  const client = new Client(url);
  const times = [];
  for (let i = 0; i < n; i += 1) times.push(await client.submit(spec));
  client.close();
  return times;
}

/* Milliseconds that each of n answers takes; all must be as `fits` says. */
export async function readings(client, at, n, fits) {
  const times = [];
  for (let i = 0; i < n; i += 1) {
    const began = performance.now();
    const r = await client.send("GET", at);
    times.push(performance.now() - began);
    assert.ok(r.status === 200 && fits(r.json()), `${at}: ${JSON.stringify(r.json())}`);
  }
  return times;
}

/* Submissions per second from so many clients at once. */
export async function crowd(url, spec, clients, seconds) {
  const end = performance.now() + seconds * 1000;
  const counts = await Promise.all(Array.from({ length: clients }, async () => {
    const client = new Client(url);
    let n = 0;
    for (; performance.now() < end; n += 1) await client.submit(spec);
    client.close();
    return n;
  }));
  return counts.reduce((a, b) => a + b) / seconds;
}

/* Milliseconds that one write of a page and its fdatasync take on the disk of that folder. */
export function syncs(folder, n) {
  const file = fs.openSync(path.join(folder, "sync"), "w");
  const page = Buffer.alloc(4096);
  const times = [];
  for (let i = 0; i < n; i += 1) {
    const began = performance.now();
    fs.writeSync(file, page);
    fs.fdatasyncSync(file);
    times.push(performance.now() - began);
  }
  fs.closeSync(file);
  return times;
}

export function percentile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

// Requests as a person with curl would make them, and what tests do all the time.
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { until } from "./cleanup.mjs";
import * as contract from "./contract.mjs";

const TIMEOUT_MS = 30000;

/* {status, headers, text}, and json() which must succeed. One connection per request. The reply
   must be one that the contract has. */
export async function request(url, options = {}) {
  const r = await send(url, options);
  await contract.check(options.method ?? "GET", url, r);
  return r;
}

function send(url, { method = "GET", headers = {}, body, raw = false, ...more }) {
  return new Promise((resolve, reject) => {
    const { request: send } = url.startsWith("https:") ? https : http;
    const r = send(url, { method, headers, agent: false, timeout: TIMEOUT_MS,
      ...more });
    r.on("timeout", () => r.destroy(new Error(`${method} ${url}: no answer`)));
    r.on("error", reject);
    r.on("response", (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve(reply(response, Buffer.concat(parts), raw)));
    });
    r.end(body);
  });
}

function reply({ statusCode: status, headers }, bytes, raw) {
  const text = raw ? bytes : bytes.toString("utf8");
  return { status, headers, text, json: () => JSON.parse(text) };
}

/* The parsed body of a GET that must succeed. */
async function get(base, path) {
  const r = await request(base + path);
  assert.equal(r.status, 200, `GET ${path}: ${r.text}`);
  assert.match(r.headers["content-type"], /^application\/json/);
  return r.json();
}

function post(base, spec, { query = "", headers = {} } = {}) {
  const body = typeof spec === "string" || Buffer.isBuffer(spec) ? spec
    : JSON.stringify(spec);
  return request(`${base}/v1/jobs${query}`, { method: "POST", body,
    headers: { "Content-Type": "application/json", ...headers } });
}

async function submit(base, spec) {
  const r = await post(base, spec);
  assert.equal(r.status, 201, r.text);
  return r.json();
}

/* Every page of a list. */
async function all(base, path) {
  const items = [];
  let cursor = null;
  do {
    const more = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await get(base, `${path}${path.includes("?") ? "" : "?"}${more}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

/* Waits until no run of the job is to come, and returns the job. */
async function done(base, job, ms = 60000) {
  return until(async () => {
    const now = await get(base, `/v1/jobs/${job}`);
    return now.runs.queued + now.runs.running === 0 && now;
  }, `the end of job ${job}`, ms);
}

/* A verb, or a change: {status, headers, text, json()}. */
function order(base, path, body = {}, method = "POST") {
  return request(base + path, { method, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" } });
}

const bound = { get, post, submit, all, done, order };

/* The same functions for one server. */
export function api(base) {
  const own = Object.entries(bound).map(([name, f]) =>
    [name, (...args) => f(base, ...args)]);
  const plain = (path, options) => request(base + path, options);
  return { ...Object.fromEntries(own), request: plain };
}

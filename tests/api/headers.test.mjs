// The headers of every reply: media type, caching, and what keeps browsers out of trouble.
import assert from "node:assert/strict";
import test from "node:test";
import { request } from "../lib/http.mjs";
import { startServer } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};
const DATA = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};
const PAGE = {
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};
/* What a reply may have beside its fixed set. */
const OTHERS = ["date", "connection", "keep-alive", "content-type", "content-length",
  "x-request-id", "etag", "allow",
  "x-accel-buffering", "transfer-encoding"];
const POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'self'",
  "img-src 'self' data:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
  "frame-ancestors 'none'", "require-trusted-types-for 'script'"].join("; ");

function has(r, wanted, what) {
  for (const [name, value] of Object.entries(wanted)) {
    assert.equal(r.headers[name], value, `${what}: ${name}`);
  }
  assert.match(r.headers["x-request-id"], /^[\w.-]{1,64}$/, what);
  for (const name of Object.keys(r.headers)) {
    assert.ok(name in wanted || OTHERS.includes(name), `${what}: ${name}`);
  }
}

test("data and errors", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  const ok = ["/v1/jobs", "/v1/jobs/1", "/v1/jobs/1/summary", "/v1/runs", "/v1/runs/1",
    "/v1/runs/1/trace", "/v1/runs/1/trace?format=csv", "/v1/export?format=csv", "/v1/spec",
    "/v1/spec/schema", "/v1/datasets", "/v1", "/openapi.yaml", "/healthz", "/readyz", "/metrics"];
  for (const path of ok) {
    const r = await server.request(path);
    assert.equal(r.status, 200, path);
    has(r, { ...EVERYWHERE, ...DATA }, path);
    const type = path.includes("csv") ? "text/csv; charset=utf-8"
      : path.includes("yaml") ? "application/yaml"
        : path === "/metrics" ? "text/plain; version=0.0.4; charset=utf-8"
          : "application/json; charset=utf-8";
    assert.equal(r.headers["content-type"], type);
  }
  const json = { "Content-Type": "application/json" };
  const wrong = [
    [406, "/v1/jobs", { headers: { Accept: "text/html" } }], [404, "/nothing", {}], [404, "/v1/jobs/7", {}], [400, "/v1/jobs?limit=0", {}],
    [405, "/v1/jobs", { method: "DELETE" }],
    [421, "/v1/jobs", { headers: { Host: "evil.example" } }],
    [415, "/v1/jobs", { method: "POST", body: "{}" }],
    [400, "/v1/jobs", { method: "POST", body: "{", headers: json }],
    [422, "/v1/jobs", { method: "POST", body: "{}", headers: json }],
    [413, "/v1/jobs", { method: "POST", body: "x".repeat(300000), headers: json }],
    [403, "/v1/jobs", { method: "POST", body: "{}",
      headers: { ...json, "Sec-Fetch-Site": "cross-site" } }],
  ];
  for (const [status, path, options] of wrong) {
    const r = await server.request(path, options);
    assert.equal(r.status, status, r.text);
    has(r, { ...EVERYWHERE, ...DATA }, String(status));
    assert.equal(r.headers["content-type"], "application/problem+json; charset=utf-8");
    const problem = r.json();
    assert.deepEqual([problem.type, problem.status], ["about:blank", status]);
    assert.ok(problem.title && problem.detail && r.text.length <= 2048);
  }
});

test("the page and its files", async (t) => {
  const server = await startServer(t);
  const page = await server.request("/");
  const files = [...page.text.matchAll(/(?:href|src)="(\/[^"]+\.(?:js|css|svg))"/g)]
    .map(([, path]) => path);
  assert.ok(files.length >= 4, String(files));
  const types = { js: /^text\/javascript/, css: /^text\/css/, svg: /^image\/svg\+xml/ };
  for (const path of ["/", ...files]) {
    const r = await server.request(path);
    assert.equal(r.status, 200, path);
    has(r, { ...EVERYWHERE, ...PAGE, "content-security-policy": POLICY }, path);
    assert.match(r.headers["content-type"], types[path.split(".")[1]] ?? /^text\/html/);
    const again = await server.request(path, { headers: { "If-None-Match": r.headers.etag } });
    assert.deepEqual([again.status, again.text], [304, ""], path);
    const other = await server.request(path, { headers: { "If-None-Match": '"x"' } });
    assert.deepEqual([other.status, other.text], [200, r.text], path);
  }
});

test("a foreign Host is sent away, our own are served", async (t) => {
  const server = await startServer(t);
  const status = async (host) => (await server.request("/healthz",
    { headers: { Host: host } })).status;
  for (const host of ["localhost", "localhost:99", "127.0.0.1", "[::1]:8750", "LocalHost"]) {
    assert.equal(await status(host), 200, host);
  }
  for (const host of ["evil.example", "evil.example:8750", "localhost.evil.example", "x",
    "127.0.0.1.nip.io", "frugal.internal", "[evil]", "127.1", "2130706433"]) {
    assert.equal(await status(host), 421, host);
  }
});

test("a job from another site is refused, one from our own page is taken", async (t) => {
  const server = await startServer(t);
  const status = async (headers) => (await server.post(short, { headers,
    query: "?dry_run=1" })).status;
  assert.equal(await status({}), 200);
  assert.equal(await status({ "Sec-Fetch-Site": "same-origin", Origin: server.url }), 200);
  assert.equal(await status({ "Sec-Fetch-Site": "none" }), 200);
  for (const site of ["cross-site", "same-site", "nonsense"]) {
    assert.equal(await status({ "Sec-Fetch-Site": site }), 403, site);
  }
  for (const origin of ["http://evil.example", "null", "http://localhost:1", "",
    `${server.url}.evil.example`, "file://"]) {
    assert.equal(await status({ Origin: origin }), 403, origin);
  }
  assert.deepEqual((await server.get("/v1/jobs")).items, []);
});

test("IPv6 as well", async (t) => {
  let server;
  try {
    server = await startServer(t, { listen: "[::1]:0" });
  } catch (error) {
    if (/cannot listen/.test(error.message)) return t.skip("no IPv6 here");
    throw error;
  }
  assert.equal((await request(`${server.url}/healthz`)).status, 200);
});

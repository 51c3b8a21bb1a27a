// Which methods a resource has, what a HEAD says, and the headers of every reply.
import assert from "node:assert/strict";
import test from "node:test";
import { exchange } from "../lib/raw.mjs";
import { startServer } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const ROUTES = {
  "/v1/jobs": ["GET", "HEAD", "POST"],
  "/v1/jobs/1": ["DELETE", "GET", "HEAD", "PATCH"],
  "/v1/jobs/1/cancel": ["POST"],
  "/v1/jobs/1/hold": ["POST"],
  "/v1/jobs/1/release": ["POST"],
  "/v1/jobs/1/retry": ["POST"],
  "/v1/jobs/1/extend": ["POST"],
  "/v1/jobs/1/restore": ["POST"],
  "/v1/jobs/1/summary": ["GET", "HEAD"],
  "/v1/runs": ["GET", "HEAD"],
  "/v1/runs/1": ["GET", "HEAD"],
  "/v1/runs/1/trace": ["GET", "HEAD"],
  "/v1/runs/1/why": ["GET", "HEAD"],
  "/v1/runs/1/attempts": ["GET", "HEAD"],
  "/v1/runs/1/verify": ["POST"],
  "/v1/export": ["GET", "HEAD"],
  "/v1/workers": ["GET", "HEAD", "PATCH"],
  "/v1/backups": ["POST"],
  "/v1": ["GET", "HEAD"],
  "/v1/me": ["GET", "HEAD"],
  "/v1/tokens": ["GET", "HEAD", "POST"],
  "/v1/tokens/0123abcd": ["DELETE"],
  "/v1/users": ["GET", "HEAD", "POST"],
  "/v1/users/anna": ["DELETE", "PATCH"],
  "/v1/spec": ["GET", "HEAD"],
  "/v1/spec/schema": ["GET", "HEAD"],
  "/v1/datasets": ["GET", "HEAD", "POST"],
  "/v1/datasets/tiny": ["DELETE", "GET", "HEAD"],
  "/v1/datasets/tiny/train_images": ["PUT"],
  "/v1/events": ["GET", "HEAD"],
  "/healthz": ["GET", "HEAD"],
  "/readyz": ["GET", "HEAD"],
  "/metrics": ["GET", "HEAD"],
  "/openapi.yaml": ["GET", "HEAD"],
  "/": ["GET", "HEAD"],
  "/app.js": ["GET", "HEAD"],
  "/style.css": ["GET", "HEAD"],
};

async function withJob(t) {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  return server;
}

test("a method that a resource does not have: 405, and Allow says which it has",
  async (t) => {
    const server = await withJob(t);
    for (const [path, has] of Object.entries(ROUTES)) {
      for (const method of METHODS.filter((m) => !has.includes(m))) {
        const r = await server.request(path, { method });
        assert.equal(r.status, 405, `${method} ${path}`);
        assert.deepEqual(r.headers.allow.split(", ").sort(), has, `${method} ${path}`);
        if (method !== "HEAD") assert.equal(r.json().status, 405);
      }
    }
    assert.equal((await server.get("/v1/jobs")).items.length, 1);
  });

test("methods that nobody knows", async (t) => {
  const server = await startServer(t);
  for (const method of ["TRACE", "PROPFIND", "LINK", "PURGE"]) {
    const { status } = await server.request("/v1/jobs", { method });
    assert.ok([405, 501].includes(status), `${method}: ${status}`);
  }
});

test("a wrong method with a body does not spoil the connection", async (t) => {
  const server = await startServer(t);
  const r = await server.request("/v1/runs", { method: "POST", body: "x".repeat(100000) });
  assert.equal(r.status, 405);
  assert.equal((await server.request("/healthz")).status, 200);
});

test("HEAD is GET without the body", async (t) => {
  const server = await withJob(t);
  for (const path of [...Object.keys(ROUTES), "/nothing", "/v1/jobs/9", "/v1/runs?limit=0"]) {
    if (["/v1/events", "/metrics"].includes(path)) continue; /* never twice the same */
    const [get, head] = [await server.request(path),
      await server.request(path, { method: "HEAD" })];
    const { "transfer-encoding": chunked } = get.headers; /* made while it is sent */
    const essential = ({ date, connection, "content-length": _, "transfer-encoding": __,
      "x-accel-buffering": ___, "x-request-id": ____, ...rest }) => rest;
    assert.equal(head.status, get.status, path);
    assert.deepEqual(essential(head.headers), essential(get.headers), path);
    assert.equal(head.text, "", path);
    assert.equal(head.headers["content-length"], chunked ? undefined
      : String(Buffer.byteLength(get.text)), path);
  }
});

test("HEAD of the event stream ends at once and leaves the connection in order",
  async (t) => {
    const server = await startServer(t);
    const head = (path) => `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const { text, heads, closed } = await exchange(server.port,
      head("/v1/events") + head("/healthz"), { quiet: 500 });
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\nContent-Type: text\/event-stream\r\n/);
    assert.ok(closed || heads.length === 2, `${heads.length} answers`);
    for (const body of text.split(/HTTP\/1\.1 200 OK\r\n/).slice(1)) {
      assert.equal(body.indexOf("\r\n\r\n"), body.length - 4, `${body.slice(-30)} is no head`);
    }
  });

test("what is not there", async (t) => {
  const server = await startServer(t);
  for (const path of ["/nothing", "/v1/", "/v2/jobs", "/v1/job", "/v1/jobs/1/2/3",
    "/index.htm", "/app.js/", "/App.js", "/v1/events/1", "/.git/config", "/assets.sh"]) {
    const r = await server.request(path);
    assert.equal(r.status, 404, path);
    assert.match(r.headers["content-type"], /^application\/problem\+json/);
    const { type, title, status, detail } = r.json();
    assert.deepEqual({ type, title, status }, { type: "about:blank", title: "Not Found",
      status: 404 });
    assert.ok(detail);
  }
});

// schema/openapi.yaml: it is valid, it describes the routes that the server has and no others, its
// examples are true, and what any route may refuse, every route refuses like this.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { contract } from "../lib/contract.mjs";
import { until } from "../lib/cleanup.mjs";
import { makeSet } from "../lib/idx.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { fill, noSmallDisks, smallDisk } from "../lib/small_disk.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { FINISH, START } from "../lib/work.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };
const source = (name) => fs.readFileSync(path.join(paths.root, "schema", name), "utf8");
const { document, operations, validator } = await contract();

/* A server with a job and a run that have ended, both number 1. */
async function withJob(t, options) {
  const server = await startServer(t, options);
  await server.done((await server.submit(short)).id);
  return server;
}

const at = ({ template }, id = 1) => template.replace("{id}", id).replace("{asset}", "")
  .replace("{name}/{file}", "new/train_labels").replace("{file}", "train_labels")
  .replace("{name}", "tiny")
  .replace(/\{(token|user)\}/, "nobody");
const takesBody = ({ replies }) => replies.has("415");
const takesOctets = ({ method }) => method === "PUT";
const OCTETS = { "Content-Type": "application/octet-stream" };

test("the document is OpenAPI 3.1", async () => {
  const alone = JSON.parse(JSON.stringify(document).replaceAll(
    /"\$ref":"[^#"][^"]*"/g, '"$ref":"#/components/schemas/Nothing"'));
  const { valid, errors } = await new Validator().validate(alone);
  assert.ok(valid, JSON.stringify(errors, null, 1)?.slice(0, 3000));
});

test("its routes, their arguments and their sentences are those of the server", async (t) => {
  const server = await startServer(t);
  const { routes } = await server.get("/v1");
  const told = routes.map(({ method, path: where, arguments: names, about }) =>
    `${method} ${where} [${names.sort()}] ${about}`);
  const written = operations.map(({ method, template }) => {
    const operation = document.paths[template][method.toLowerCase()];
    const names = (operation.parameters ?? [])
      .map(({ $ref }) => document.components.parameters[$ref.split("/").at(-1)])
      .filter((parameter) => parameter.in === "query").map(({ name }) => name);
    return `${method} ${template} [${names.sort()}] ${operation.summary}`;
  });
  assert.deepEqual(told.sort(), written.sort());
  assert.ok(told.length > 25);
});

test("what is served is what stands in the repository", async (t) => {
  const server = await startServer(t);
  assert.equal((await server.request("/openapi.yaml")).text, source("openapi.yaml"));
  const schema = await server.request("/v1/spec/schema");
  assert.equal(`${schema.text}\n`, source("job.schema.json"),
    "make schema writes schema/job.schema.json anew");
});

/* Every place of the document that has examples: [schema's place, examples]. */
function exampleSites(part = document, place = "") {
  if (part === null || typeof part !== "object") return [];
  const own = part.examples && part.schema ? [[`${place}/schema`, part.examples]] : [];
  return own.concat(...Object.entries(part).map(([key, value]) => exampleSites(value,
    `${place}/${encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))}`)));
}

test("examples fit their schemas, and each is used", () => {
  const used = new Set();
  for (const [place, examples] of exampleSites()) {
    for (const { $ref } of Object.values(examples)) {
      const name = $ref.split("/").at(-1);
      used.add(name);
      const fits = validator({}, place);
      assert.ok(fits(document.components.examples[name].value),
        `${name}: ${JSON.stringify(fits.errors)}`);
    }
  }
  assert.deepEqual([...used].sort(), Object.keys(document.components.examples).sort());
});

test("examples are true", async (t) => {
  const place = workspace(t);
  makeSet(place.datasets, "fashion-mnist");
  const server = await startServer(t, { place, workers: 2 });
  const value = (name) => document.components.examples[name].value;
  const keys = (thing) => (thing && typeof thing === "object" && !Array.isArray(thing)
    ? Object.fromEntries(Object.entries(thing).map(([key, v]) => [key, keys(v)])) : null);
  const dry = (name) => server.post(value(name), { query: "?dry_run=1" });
  const plan = { ...(await dry("First")).json(), seconds: value("Plan").seconds }; // of real data
  assert.deepEqual(plan, value("Plan"));
  assert.equal((await dry("Rules")).status, 200);
  const wrong = { dataset: "fashion-mnist", network: { hiden: [50] } };
  assert.deepEqual((await server.post(wrong)).json(), value("Misspelt"));
  await server.order("/v1/workers", value("Drain"), "PATCH");
  const { created, ...job } = await server.submit(value("First"));
  const { created: _, ...shown } = value("Job");
  assert.deepEqual(job, shown);
  const changed = await server.order("/v1/jobs/1", value("Change"), "PATCH");
  assert.equal(changed.status, 200);
  assert.equal((await server.order("/v1/jobs/1/extend", value("More"))).json().runs.total, 9);
  assert.equal((await server.order("/v1/jobs/1/retry", value("Failed"))).status, 409);
  assert.ok(created);
  const tiny = await server.submit(spec(short, { sweep: { "/network/hidden/0": [50] } }));
  await server.order("/v1/workers", { draining: false }, "PATCH");
  await server.order("/v1/jobs/1/cancel");
  await server.done(tiny.id);
  const [run] = (await server.get(`/v1/runs?job=${tiny.id}`)).items;
  const really = await server.get(`/v1/runs/${run.id}`);
  assert.deepEqual(keys(really), keys(value("Run")));
});

/* What any route refuses: [status, headers, query]; `when`: routes that can. */
const REFUSALS = [
  [400, {}, "?a=%zz"],
  [406, { Accept: "text/nonsense" }, ""],
  [406, { Accept: "*/*;q=0" }, ""],
  [414, {}, `?a=${"u".repeat(9000)}`],
  [417, { Expect: "a-pony" }, ""],
  [421, { Host: "evil.example" }, ""],
  [431, Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`X-${i}`, "y"])), ""],
  [403, { Origin: "http://evil.example" }, "", ({ method }) => method !== "GET"],
  [415, { "Content-Type": "text/plain" }, "", takesBody],
];

test("what every route refuses", async (t) => {
  const server = await withJob(t, { args: ["--dataset-megabytes", "1"] });
  const before = await server.get("/v1/jobs/1");
  for (const operation of operations) {
    const body = takesBody(operation) ? "{}" : undefined;
    const own = takesOctets(operation) ? OCTETS : body ? JSON_TYPE : {};
    for (const [status, headers, query, when = () => true] of REFUSALS) {
      if (!when(operation)) continue;
      const r = await server.request(at(operation) + query,
        { method: operation.method, body, headers: { ...own, ...headers } });
      assert.equal(r.status, status, `${operation.method} ${operation.template}: ${r.text}`);
    }
    /* of octets the server tells before they come, and then takes none */
    const octets = takesOctets(operation);
    const told = !octets ? body ? 300000 : 10
      : /checkpoint|weights/.test(operation.template) ? 3e9 : 1100000;
    const large = await server.request(at(operation), { method: operation.method,
      headers: { ...own, "Content-Length": String(told) }, body: " ".repeat(octets ? 1 : told) });
    assert.equal(large.status, 413, `${operation.method} ${operation.template}`);
  }
  assert.deepEqual(await server.get("/v1/jobs/1"), before);
});

test("what is not there, on every route with a number", async (t) => {
  const server = await startServer(t, { workers: 0 });
  for (const operation of operations.filter(({ template }) => template.includes("{id}"))) {
    const lost = operation.template.startsWith("/v1/work/");
    const bodies = { extend: { seeds: 2 }, "{id}": lost ? {} : { name: "x" }, start: START,
      end: FINISH };
    const body = takesOctets(operation) ? "x"
      : JSON.stringify(bodies[operation.template.split("/").at(-1)] ?? {});
    const r = await server.request(at(operation, 77), { method: operation.method,
      ...takesBody(operation) ? { body, headers: takesOctets(operation) ? OCTETS : JSON_TYPE } : {} });
    assert.equal(r.status, lost ? 410 : 404, `${operation.method} ${operation.template}`);
  }
  assert.equal((await server.request("/no.such.file")).status, 404);
});

test("a body that is wrong, on every route that takes one", async (t) => {
  const server = await withJob(t);
  for (const operation of operations.filter((o) => takesBody(o) && !takesOctets(o))) {
    const send = (body) => server.request(at(operation), { method: operation.method, body,
      headers: JSON_TYPE });
    assert.equal((await send("{")).status, 400, operation.template);
    const r = await send('{"no such key": 1}');
    assert.equal(r.status, 422, operation.template);
    assert.ok(r.json().errors.length >= 1, operation.template);
  }
});

test("a full disk", { skip: noSmallDisks }, async (t) => {
  const place = workspace(t);
  const disk = await smallDisk(t, place);
  const server = await startServer(t, { place, workers: 0, wrap: disk.wrap });
  await server.submit(short);
  const empty = fill(disk.path);
  await until(async () => (await server.get("/v1/workers")).disk_full, "a full disk");
  assert.equal((await server.post(short)).status, 507);
  assert.equal((await server.order("/v1/jobs/1/extend", { seeds: 3 })).status, 507);
  assert.equal((await server.order("/v1/datasets", { name: "mnist" })).status, 507);
  assert.equal((await server.request("/v1/datasets/new/train_labels", { method: "PUT", body: "x",
    headers: OCTETS })).status, 507);
  empty();
});

test("a backup", async (t) => {
  const server = await startServer(t);
  const r = await server.order("/v1/backups");
  assert.equal(r.status, 201);
  assert.equal(fs.statSync(r.json().path).size, r.json().bytes);
});

test("job orders that do not fit, or that go over a quota", async (t) => {
  const server = await startServer(t, { args: ["--waiting-per-owner", "2"] });
  await server.done((await server.submit(short)).id);
  for (const verb of ["cancel", "hold", "release", "retry", "restore"]) {
    assert.equal((await server.order(`/v1/jobs/1/${verb}`)).status, 409, verb);
  }
  await server.order("/v1/workers", { draining: true }, "PATCH");
  assert.equal((await server.order("/v1/jobs/1/extend", { seeds: 5 })).status, 429);
  await server.submit(endless);
  assert.equal((await server.order("/v1/runs/2/verify")).status, 409);
  assert.equal((await server.order("/v1/runs/1/verify")).status, 202);
});

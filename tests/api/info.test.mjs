// What the server tells about itself: fields of the spec, data sets, health.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { FILES } from "../lib/fields.mjs";
import { makeSet, setFiles } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

test("the table of fields describes what the parser takes", async (t) => {
  const server = await startServer(t);
  const { fields } = await server.get("/v1/spec");
  const pointers = fields.map((field) => field.pointer);
  assert.equal(new Set(pointers).size, pointers.length);
  for (const known of ["/dataset", "/network/hidden", "/training/learning_rate",
    "/evaluate/every", "/stop/accuracy", "/seeds", "/sweep", "/priority"]) {
    assert.ok(pointers.includes(known), known);
  }
  for (const field of fields) {
    for (const key of ["pointer", "type", "default", "min", "max", "per", "choices", "unit",
      "nullable", "help"]) {
      assert.ok(key in field, `${field.pointer} has no ${key}`);
    }
    assert.ok(field.help.length > 10, field.pointer);
    if (typeof field.max === "number" && field.type === "number") {
      await refused(server, field.pointer, field.max * 1.01 + 1);
    }
    if (field.choices) await refused(server, field.pointer, "no such choice");
  }
});

/* A spec with one value at a pointer; what its section needs beside it is there too. */
function withValue(pointer, value) {
  const needs = { compete: { fraction: 0.5 }, mask: { fraction: 0.5 }, cache: { threshold: 1 } };
  const keys = pointer.split("/").slice(1);
  const document = structuredClone(short);
  let at = document;
  for (const key of keys.slice(0, -1)) {
    at[key] = { ...needs[key], ...at[key] };
    at = at[key];
  }
  at[keys.at(-1)] = value;
  return document;
}

async function refused(server, pointer, value) {
  const r = await server.post(withValue(pointer, value), { query: "?dry_run=1" });
  assert.equal(r.status, 422, `${pointer} takes ${value}`);
  assert.ok(r.json().errors.some((error) => error.pointer === pointer), r.text);
}

test("the disk has space, and a version", async (t) => {
  const server = await startServer(t);
  const disk = await server.get("/v1/disk");
  assert.equal(disk.full, false);
  assert.ok(disk.free > 0 && disk.reserve > 0, JSON.stringify(disk));
  const known = await server.request("/v1/disk", { headers: { "If-None-Match": "*" } });
  assert.equal(known.status, 304);
});

test("data sets are listed with their sizes; hashes come once one is used", async (t) => {
  const place = workspace(t);
  makeSet(place.datasets, "small", { train: 40, test: 12, height: 4, width: 6, classes: 3,
    gzip: true });
  fs.mkdirSync(path.join(place.datasets, "empty"));
  const server = await startServer(t, { place });
  const of = async (name) => (await server.get("/v1/datasets")).items
    .find((set) => set.name === name);
  const { classes: _, sha256, ...sizes } = await of("small");
  assert.deepEqual(sizes, { name: "small", state: "ready", train: 40, test: 12, height: 4,
    width: 6, files: null, error: null, reason: null });
  assert.deepEqual({ classes: _, sha256, ...sizes }, await server.get("/v1/datasets/small"));
  assert.equal(await of("empty"), undefined);
  assert.equal(sha256, null);

  await server.done((await server.submit(spec(short, { dataset: "small" }))).id);
  const used = await of("small");
  assert.equal(used.classes, 3);
  assert.deepEqual(Object.keys(used.sha256).sort(), [...FILES].sort());
  const files = Object.values(setFiles({ train: 40, test: 12, height: 4, width: 6,
    classes: 3 }));
  FILES.forEach((name, i) => assert.equal(used.sha256[name],
    crypto.createHash("sha256").update(files[i]).digest("hex"), name));
  const names = (await server.get("/v1/datasets")).items.map((set) => set.name);
  assert.deepEqual(names, [...names].sort());
});

test("a data set put there later is found", async (t) => {
  const server = await startServer(t);
  assert.equal((await server.post(spec(short, { dataset: "late" }))).status, 422);
  makeSet(server.place.datasets, "late");
  const job = await server.submit(spec(short, { dataset: "late" }));
  assert.equal((await server.done(job.id)).state, "succeeded");
});

test("health", async (t) => {
  const server = await startServer(t);
  const { status, version } = await server.get("/healthz");
  assert.equal(status, "ok");
  assert.ok(version.length > 0);
});

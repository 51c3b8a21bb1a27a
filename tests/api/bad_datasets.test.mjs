// Damaged and foreign IDX files: refused when a job names them, and only then.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import zlib from "node:zlib";
import { idx, makeSet } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const IMAGES = "train-images-idx3-ubyte";
const LABELS = "train-labels-idx1-ubyte";
const TEST_LABELS = "t10k-labels-idx1-ubyte";

const bytes = (n, value = 1) => Buffer.alloc(n, value);
const change = (file, f) => (files) => ({ ...files, [file]: f(files[file]) });
const poke = (at, value) => (file) => {
  const copy = Buffer.from(file);
  copy[at] = value;
  return copy;
};

const DAMAGE = {
  "magic": change(IMAGES, poke(0, 1)),
  "element type": change(IMAGES, poke(2, 0x0d)),
  "no dimensions": change(IMAGES, poke(3, 0)),
  "255 dimensions": change(IMAGES, poke(3, 255)),
  "labels with 3 dimensions": change(LABELS, () => idx([600, 1, 1], bytes(600))),
  "images with 1 dimension": change(IMAGES, () => idx([600], bytes(600))),
  "dimension 0": change(IMAGES, () => idx([600, 0, 8], Buffer.alloc(0))),
  "dimensions 65536 x 65536 x 65536": change(IMAGES,
    () => idx([65536, 65536, 65536], bytes(100))),
  "dimension 2^32 - 1": change(IMAGES, () => idx([4294967295, 8, 8], bytes(100))),
  "a byte too few": change(IMAGES, (file) => file.subarray(0, file.length - 1)),
  "a byte too many": change(IMAGES, (file) => Buffer.concat([file, bytes(1)])),
  "a header cut off": change(IMAGES, (file) => file.subarray(0, 9)),
  "an empty file": change(IMAGES, () => Buffer.alloc(0)),
  "a label less": change(LABELS, () => idx([599], bytes(599))),
  "images of two sizes": change("t10k-images-idx3-ubyte",
    () => idx([200, 8, 9], bytes(200 * 72))),
  "a test label above all others": change(TEST_LABELS, poke(8, 200)),
  "something else": change(IMAGES, () => Buffer.from("#!/bin/sh\necho hello\n".repeat(50))),
  "gzip cut off": change(IMAGES, (file) => {
    const zipped = zlib.gzipSync(file);
    return zipped.subarray(0, zipped.length - 9);
  }),
  "gzip with a wrong checksum": change(IMAGES, (file) => {
    const zipped = zlib.gzipSync(file);
    return poke(zipped.length - 6, zipped[zipped.length - 6] ^ 1)(zipped);
  }),
  "gzip with something behind it": change(IMAGES,
    (file) => Buffer.concat([zlib.gzipSync(file), Buffer.from("junk")])),
  "gzip of something larger": change(IMAGES,
    (file) => zlib.gzipSync(Buffer.concat([file, bytes(50000000, 0)]))),
};

test("damaged data sets", async (t) => {
  const place = workspace(t);
  const names = Object.keys(DAMAGE);
  names.forEach((name, i) => makeSet(place.datasets, `set${i}`, {}, DAMAGE[name]));
  const server = await startServer(t, { place });
  for (const [i, name] of names.entries()) {
    await t.test(name, async () => {
      const r = await server.post(spec(short, { dataset: `set${i}` }));
      assert.equal(r.status, 422, r.text);
      const { errors } = r.json();
      assert.equal(errors.length, 1);
      assert.deepEqual([errors[0].pointer, errors[0].code], ["/dataset", "bad_dataset"]);
      assert.ok(errors[0].detail.length < 400, errors[0].detail);
    });
  }
  await t.test("the list of data sets still answers", async () => {
    const items = (await server.get("/v1/datasets")).items;
    assert.ok(items.some((item) => item.name === "tiny"));
  });
  await t.test("nothing is stored, no harm is done", async () => {
    assert.deepEqual((await server.get("/v1/jobs")).items, []);
    const job = await server.submit(short);
    assert.equal((await server.done(job.id)).state, "succeeded");
  });
});

test("a missing file makes no data set", async (t) => {
  const place = workspace(t);
  fs.rmSync(path.join(makeSet(place.datasets, "three"), TEST_LABELS));
  const server = await startServer(t, { place });
  const { errors } = (await server.post(spec(short, { dataset: "three" }))).json();
  assert.deepEqual(errors.map((e) => e.code), ["unknown_dataset"]);
});

test("gzip in two members is read like one", async (t) => {
  const place = workspace(t);
  makeSet(place.datasets, "members", {}, change(IMAGES, (file) => Buffer.concat([
    zlib.gzipSync(file.subarray(0, 1000)), zlib.gzipSync(file.subarray(1000))])));
  const server = await startServer(t, { place });
  const trace = async (dataset) => {
    const job = await server.submit(spec(short, { dataset }));
    await server.done(job.id);
    return (await server.request(`/v1/runs/${job.id}/trace?format=csv`)).text;
  };
  assert.equal(await trace("members"), await trace("tiny"));
});

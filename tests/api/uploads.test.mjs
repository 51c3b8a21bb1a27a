// Data sets that somebody sends, file by file: kept as a whole, or not at all.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import zlib from "node:zlib";
import { settled, until } from "../lib/cleanup.mjs";
import { idx } from "../lib/idx.mjs";
import { FILES, RECIPES, goodFile, recipe } from "../lib/mirror.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const OCTETS = { "Content-Type": "application/octet-stream" };
const put = (server, name, key, body = goodFile(key), headers = {}) =>
  server.request(`/v1/datasets/${name}/${key}`, { method: "PUT", body,
    headers: { ...OCTETS, ...headers } });
const remove = (server, name) => server.request(`/v1/datasets/${name}`, { method: "DELETE" });
const own = (server) => path.join(server.place.data, "datasets");
/* The files that are not yet in a data set, whole ones and others. */
/* What has not arrived; the server may remove a folder while it is being read. */
function parts(server) {
  const folder = path.join(own(server), ".new");
  try {
    return fs.readdirSync(folder, { withFileTypes: true })
      .flatMap((d) => d.isFile() ? [d.name] : fs.readdirSync(path.join(folder, d.name)));
  } catch (error) {
    if (error.code !== "ENOENT" || error.path === folder) throw error;
    return parts(server);
  }
}

async function upload(server, name) {
  for (const key of Object.keys(FILES)) assert.equal((await put(server, name, key)).status, 200);
}

test("four files are a data set, plain or gzip; a job uses it, and then it can go", async (t) => {
  const server = await startServer(t);
  const [last, ...first] = Object.keys(FILES).reverse();
  for (const [i, key] of first.entries()) {
    const r = await put(server, "mine", key, i % 2 ? goodFile(key) : zlib.gzipSync(goodFile(key)));
    assert.equal(r.status, 200, r.text);
    const { state, files } = r.json();
    assert.equal(state, "incomplete");
    assert.deepEqual(Object.keys(FILES).filter((k) => files[k].complete).sort(),
      first.slice(0, i + 1).sort());
    assert.equal(fs.existsSync(path.join(own(server), "mine")), false);
  }
  const r = await put(server, "mine", last);
  assert.deepEqual([r.status, r.json().state, r.json().train], [200, "ready", 600]);
  assert.deepEqual(parts(server), []);
  for (const file of fs.readdirSync(path.join(own(server), "mine"))) {
    assert.equal(fs.statSync(path.join(own(server), "mine", file)).mode & 0o777, 0o600);
  }
  const trace = async (dataset) => {
    const job = await server.submit(spec(short, { dataset }));
    await server.done(job.id);
    const [run] = (await server.get(`/v1/runs?job=${job.id}`)).items;
    return (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text;
  };
  assert.equal(await trace("mine"), await trace("tiny"));

  const job = await server.submit(spec(endless, { dataset: "mine", seeds: 3 }));
  const used = await remove(server, "mine");
  assert.equal(used.status, 409);
  assert.match(used.json().detail, /3 runs that have not ended/);
  await server.order(`/v1/jobs/${job.id}/cancel`);
  await server.done(job.id);
  assert.equal((await remove(server, "mine")).status, 200);
  assert.equal((await server.request("/v1/datasets/mine")).status, 404);
  assert.deepEqual(fs.readdirSync(own(server)), [".new"]);
  assert.equal((await server.post(spec(short, { dataset: "mine" }))).status, 422);

  await upload(server, "mine"); // under the same name
  assert.equal(await trace("mine"), await trace("tiny"));
});

test("a sweep over data sets uses all of them", async (t) => {
  const server = await startServer(t);
  await upload(server, "mine");
  await server.submit(spec(endless, { sweep: { "/dataset": ["tiny", "mine"] } }));
  assert.equal((await remove(server, "mine")).status, 409);
});

test("files that are no data set", async (t) => {
  const server = await startServer(t);
  const bad = Object.keys(RECIPES).filter((name) => /^(gzip cut|a wrong|two m|an empty|junk|magic|floats|no dim|255|dimension|a byte too|a page)/.test(name));
  assert.ok(bad.length >= 12);
  for (const name of bad) {
    await t.test(name, async () => {
      const r = await put(server, "mine", "train_images", recipe(name));
      assert.equal(r.status, 422, r.text);
      const [error] = r.json().errors;
      assert.deepEqual([error.code, error.pointer], ["bad_dataset", ""]);
      assert.match(error.detail, /^train_images: /);
      assert.ok(!r.text.includes(server.place.folder), r.text);
    });
  }
  await t.test("a bomb", async () => {
    const r = await put(server, "mine", "train_images", recipe("a bomb"));
    assert.equal(r.status, 413, r.text);
  });
  await t.test("nothing of them is kept", async () => {
    await until(() => parts(server).length === 0, "an empty folder");
    assert.equal((await server.request("/v1/datasets/mine")).status, 404);
  });
  await t.test("files that do not belong together", async () => {
    for (const key of Object.keys(FILES).slice(0, 3)) await put(server, "mine", key);
    const r = await put(server, "mine", "test_labels", idx([199], Buffer.alloc(199)));
    assert.equal(r.status, 422);
    assert.match(r.json().errors[0].detail, /not as many labels as images/);
    const { state, error } = await server.get("/v1/datasets/mine");
    assert.deepEqual([state, error], ["failed", "fetch_failed: bad_dataset"]);
    await upload(server, "mine"); // all four again
  });
});

test("what is not taken, or not any more", async (t) => {
  const server = await startServer(t, { args: ["--dataset-megabytes", "1"] });
  const wrong = [
    [404, "mine", "labels", "x"], [400, "mine", "..%2fx", "x"], [404, ".mine", "train_labels", "x"],
    [400, "a".repeat(64), "train_labels", "x"], [404, "a".repeat(65), "train_labels", "x"],
    [404, "..", "train_labels", "x"],
    [400, "_mine", "train_labels", "x"], [409, "tiny", "train_labels", "x"],
    [413, "mine", "train_images", Buffer.alloc((1 << 20) + 1)],
    [415, "mine", "train_images", "x", { "Content-Type": "application/json" }],
    [415, "mine", "train_images", "x", { "Content-Encoding": "gzip" }],
    [403, "mine", "train_images", "x", { "Sec-Fetch-Site": "cross-site" }],
  ];
  for (const [status, name, key, body, headers] of wrong) {
    const r = await put(server, name, key, body, headers);
    assert.equal(r.status, status, `${name}/${key}: ${r.text}`);
  }
  const chunked = await put(server, "mine", "train_images", Buffer.alloc(1.5 * (1 << 20)),
    { "Transfer-Encoding": "chunked" });
  assert.equal(chunked.status, 413, chunked.text);
  assert.deepEqual(parts(server), []);
  // The four together are not larger, either.
  const images = idx([12000, 8, 8], Buffer.alloc(12000 * 64));
  assert.equal((await put(server, "mine", "train_images", images)).status, 200);
  assert.equal((await put(server, "mine", "test_images", images)).status, 413);
  assert.equal((await remove(server, "mine")).status, 200);
  await until(() => parts(server).length === 0, "an empty folder");
});

test("a client that goes away midway leaves nothing", async (t) => {
  const server = await startServer(t);
  const socket = net.connect(server.port, "127.0.0.1");
  socket.write("PUT /v1/datasets/mine/train_images HTTP/1.1\r\nHost: localhost\r\n" +
    "Content-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n");
  socket.write(Buffer.alloc(300000));
  await until(() => parts(server).length === 1, "a part");
  assert.equal((await server.get("/v1/datasets/mine")).state, "incomplete");
  socket.destroy();
  await until(() => parts(server).length === 0, "an empty folder");
  assert.equal((await server.request("/v1/datasets/mine")).status, 404);
});

test("the same file twice at the same time: one is stored", async (t) => {
  const server = await startServer(t);
  const slowly = (key) => new Promise((resolve, reject) => {
    const r = http.request(`${server.url}/v1/datasets/mine/${key}`, { method: "PUT",
      headers: { ...OCTETS, "Content-Length": goodFile(key).length }, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    r.on("error", reject);
    r.write(goodFile(key).subarray(0, 50));
    slowly.ends.push(() => r.end(goodFile(key).subarray(50)));
  });
  slowly.ends = [];
  const both = [slowly("train_labels"), slowly("train_labels")];
  await until(() => parts(server).length === 2, "two parts");
  for (const end of slowly.ends.splice(0)) end();
  assert.deepEqual(await Promise.all(both), [200, 200]);
  assert.deepEqual(parts(server), [FILES.train_labels]);
  for (const key of ["train_images", "test_images"]) await put(server, "mine", key);
  const last = [slowly("test_labels"), slowly("test_labels")];
  await until(() => parts(server).length === 5, "two parts more");
  for (const end of slowly.ends.splice(0)) end();
  const [one, other] = (await Promise.all(last)).sort();
  assert.ok(one === 200 && (other === 200 || other === 409), `${one} ${other}`);
  assert.equal((await server.get("/v1/datasets/mine")).state, "ready");
  await until(() => fs.readdirSync(path.join(own(server), ".new")).length === 0, "no rest");
  assert.equal(fs.readdirSync(path.join(own(server), "mine")).length, 4);
});

test("a set given up while a file comes", async (t) => {
  const server = await startServer(t);
  await put(server, "mine", "train_labels");
  const r = http.request(`${server.url}/v1/datasets/mine/test_labels`, { method: "PUT",
    headers: { ...OCTETS, "Content-Length": goodFile("test_labels").length }, agent: false });
  const status = new Promise((resolve, reject) => {
    r.on("error", reject).on("response", (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
  });
  r.write(goodFile("test_labels").subarray(0, 20));
  await until(() => parts(server).length === 2, "a part");
  assert.equal((await remove(server, "mine")).status, 200);
  r.end(goodFile("test_labels").subarray(20));
  assert.equal(await status, 409);
  await until(() => parts(server).length === 0, "an empty folder");
  assert.equal(await settled(async () => (await server.request("/v1/datasets/mine")).status), 404);
});

test("what was sent before the server ended is gone", async (t) => {
  let server = await startServer(t);
  await put(server, "mine", "train_labels");
  await server.kill();
  assert.deepEqual(parts(server), [FILES.train_labels]);
  server = await startServer(t, { place: server.place });
  assert.deepEqual(parts(server), []);
  await upload(server, "mine");
  server.checkEnd(await server.stop());
  server = await startServer(t, { place: server.place });
  assert.equal((await server.get("/v1/datasets/mine")).state, "ready");
});

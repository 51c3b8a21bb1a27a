// frugal datasets: lists, adds, removes.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { clientOf } from "../lib/client.mjs";
import { makeSet } from "../lib/idx.mjs";
import { FILES, allow, startMirror, wanted } from "../lib/mirror.mjs";
import { startServer } from "../lib/server.mjs";

const sources = (body) => Object.values(body.files)
  .flatMap(({ url, sha256 }) => ["--url", url, "--sha256", sha256]);

async function start(t) {
  const mirror = await startMirror(t);
  const server = await startServer(t, { args: allow(mirror) });
  return { mirror, server, client: clientOf(server) };
}

test("add by URL waits, list, rm", async (t) => {
  const { mirror, client } = await start(t);
  const added = await client("datasets", "add", "mine", ...sources(wanted(mirror, "mine")));
  assert.deepEqual(added, { code: 0, err: "",
    out: "mine: 600 training and 200 test images of 8 x 8 pixels\n" });
  const { out } = await client("datasets");
  assert.match(out, /^name +train +test +height +width +classes +state\n/);
  assert.match(out, /^mine +600 +200 +8 +8 +\S+ +ready$/m);
  const again = await client("datasets", "add", "mine", ...sources(wanted(mirror, "mine")));
  assert.equal(again.code, 7);
  assert.match(again.err, /there is a data set "mine" already/);
  assert.deepEqual(await client("datasets", "rm", "mine"), { code: 0, out: "", err: "" });
  assert.equal((await client("datasets", "rm", "mine")).code, 4);
  assert.equal((await client("datasets", "rm", "tiny")).code, 7);
});

test("a fetch that fails: 1, and why", async (t) => {
  const { mirror, client } = await start(t);
  const body = wanted(mirror, "mine", { test_labels: { url: `${mirror.url}/good/${FILES.test_labels}`,
    sha256: "0".repeat(64) } });
  const { code, out, err } = await client("datasets", "add", "mine", ...sources(body));
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /fetch_failed: checksum\n  test_labels: its SHA-256 is not the one/);
  assert.match((await client("datasets")).out, /^mine .*fetch_failed: checksum$/m);
  const json = JSON.parse((await client("datasets", "add", "mine", "--json", "--no-wait",
    ...sources(wanted(mirror, "mine")))).out);
  assert.ok(["waiting", "fetching", "checking", "ready"].includes(json.state), json.state);
});

test("add sends files, gzip or not", async (t) => {
  const { server, client } = await start(t);
  const folder = makeSet(server.place.folder, "files", { gzip: true });
  const files = Object.values(FILES).map((file) => path.join(folder, `${file}.gz`));
  const { code, out, err } = await client("datasets", "add", "sent", ...files);
  assert.deepEqual([code, out, err],
    [0, "sent: 600 training and 200 test images of 8 x 8 pixels\n", ""]);
  const [images, labels, ...tests] = files;
  const swapped = await client("datasets", "add", "swapped", labels, images, ...tests);
  assert.equal(swapped.code, 3);
  assert.match(swapped.err, /3 dimensions|not as many/);
  fs.writeFileSync(path.join(folder, "junk"), "junk");
  const junk = await client("datasets", "add", "junk", path.join(folder, "junk"), labels, ...tests);
  assert.equal(junk.code, 3);
  assert.match(junk.err, /train_images: .*\n  this was .*junk, the train_images/);
  const missing = await client("datasets", "add", "none", "/nowhere/x", labels, ...tests);
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  const folderInstead = await client("datasets", "add", "none", folder, labels, ...tests);
  assert.equal(folderInstead.code, 2);
});

test("what makes no sense: 2", async (t) => {
  const { client } = await start(t);
  for (const words of [["add"], ["rm"], ["add", "a", "b"], ["add", "a", "b", "c", "d"],
    ["rm", "a", "b"], ["fetch", "a"], ["--url", "http://x/"], ["rm", "a", "--url", "http://x/"],
    ["add", "a", "--url", "http://x/"], ["add", "a", "--sha256", "0"]]) {
    const { code, out, err } = await client("datasets", ...words);
    assert.deepEqual([code, out], [2, ""], `${words}: ${err}`);
  }
  const unknown = await client("datasets", "add", "nobody-knows");
  assert.equal(unknown.code, 3);
  assert.match(unknown.err, /is not known here: say where its files are/);
  assert.equal((await client("datasets", "add", "../x")).code, 3);
});

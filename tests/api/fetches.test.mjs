// Data sets by URL: what is fetched, and what nobody gets the server to do. The inputs stand
// in ../bad/datasets.json:
//   url: of the training images; @ in front is the mirror, # its port, ! the port of the server;
//        "times" repeats its end; or serve: a recipe of ../lib/mirror.mjs
//   sha256: "content" of what is in the file, "wrong", or as it is given; else of the file
//   expect: "ready", the status of a refusal, or the word of the failure
//   server: "small" takes 1 MiB; memory: MiB that the fetch may take, at most
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { spawnSync } from "node:child_process";
import { defer, until } from "../lib/cleanup.mjs";
import { makeSet } from "../lib/idx.mjs";
import { FILES, RECIPES, allow, goodFile, recipe, sha256, startMirror, wanted }
  from "../lib/mirror.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";
import { connections } from "../lib/strace.mjs";

const rows = JSON.parse(fs.readFileSync(path.join(paths.tests, "bad", "datasets.json"), "utf8"));
const WORKING = ["waiting", "fetching", "checking"];

/* A data set once it is ready or has failed. */
const settle = (server, name) => until(async () => {
  const set = await server.get(`/v1/datasets/${name}`);
  return !WORKING.includes(set.state) && set;
}, `the end of ${name}`, 90000);

const kept = (server) => fs.readdirSync(path.join(server.place.data, "datasets"));
const unfinished = (server) =>
  fs.readdirSync(path.join(server.place.data, "datasets", ".new"));

/* The one file of a row that is not as it should be. */
function fileOf(row, mirror, server) {
  const url = row.serve ? `${mirror.url}/serve/${encodeURIComponent(row.serve)}`
    : typeof row.url === "string" ? (row.url.replace(/^@/, mirror.url)
      .replaceAll("#", mirror.port).replace("!", server.port))
      + (row.times ? row.url.slice(-8).repeat(row.times) : "") : row.url;
  const bytes = recipe(row.serve ?? "plain");
  const hash = { content: () => sha256(RECIPES[row.serve].content), wrong: () => "0".repeat(64) };
  const digest = row.sha256 === undefined ? sha256(bytes)
    : hash[row.sha256]?.() ?? row.sha256;
  return { url, ...digest === null ? {} : { sha256: digest } };
}

const peakMemory = (server) => Number(/VmHWM:\s+(\d+)/.exec(
  fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;

function beginRow(server, mirror, row, i) {
  return server.order("/v1/datasets", wanted(mirror, row.name ?? `row${i}`,
    { train_images: fileOf(row, mirror, server) }));
}

async function endRow(server, row, i, accepted) {
  assert.equal(accepted.status, 202, accepted.text);
  const set = await settle(server, `row${i}`);
  const text = JSON.stringify(set);
  const end = set.error?.replace("fetch_failed: ", "") ?? set.state;
  assert.match(end, new RegExp(`^(?:${row.expect})$`), text);
  assert.ok(!text.includes("secret") && !text.includes("127.0.0."), text);
  const r = await server.request(`/v1/datasets/row${i}`, { method: "DELETE" });
  assert.equal(r.status, 200, r.text);
}

async function sinks(t, port) {
  const caught = [];
  for (const host of ["127.0.0.1", "::1"]) {
    const sink = net.createServer((socket) => { caught.push(host); socket.destroy(); });
    await new Promise((resolve) => {
      sink.once("error", resolve);
      sink.listen({ port, host, ipv6Only: true }, resolve);
    });
    defer(t, () => sink.close());
  }
  return caught;
}

test("what a data set is fetched from", { timeout: 400000 }, async (t) => {
  const mirror = await startMirror(t);
  const caught = await sinks(t, mirror.port);
  const env = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9",
    ALL_PROXY: "http://127.0.0.1:9" }; // D12: not asked
  const servers = {};
  const logs = {};
  for (const [name, more] of [["usual", []], ["small", ["--dataset-megabytes", "1"]]]) {
    const place = workspace(t);
    logs[name] = path.join(place.folder, "strace.log");
    servers[name] = await startServer(t, { place, env, args: [...allow(mirror), ...more],
      wrap: ["strace", "-D", "-f", "-qq", "-yy", "-e", "trace=connect,sendto", "-o", logs[name]] });
  }
  // The slow one takes its half minute while the others come and go.
  const slow = rows.findIndex((row) => row.expect === "timeout");
  const began = await beginRow(servers.small, mirror, rows[slow], slow);
  for (const [i, row] of rows.entries()) {
    if (i === slow) continue;
    await t.test(row.id, async () => {
      const server = servers[row.server ?? "usual"];
      const before = row.memory && peakMemory(server);
      const r = await beginRow(server, mirror, row, i);
      if (/^\d/.test(row.expect)) {
        assert.match(String(r.status), new RegExp(`^(?:${row.expect})$`), r.text);
      } else {
        await endRow(server, row, i, r);
      }
      if (row.memory && !paths.sanitized) {
        const more = peakMemory(server) - before;
        assert.ok(more <= row.memory, `${more} MiB more`);
      }
    });
  }
  await t.test(rows[slow].id, () => endRow(servers.small, rows[slow], slow, began));
  await t.test("no connection but to the mirror", () => {
    const seen = Object.values(logs).flatMap((log) =>
      connections(fs.readFileSync(log, "utf8")));
    const strange = seen.filter(({ address }) => address !== mirror.host);
    assert.deepEqual([strange, caught], [[], []]);
    assert.ok(seen.length > 50, "nothing was seen at all");
  });
  await t.test("nothing is left", async () => {
    for (const server of Object.values(servers)) {
      await until(() => unfinished(server).length === 0, "an empty folder");
      assert.deepEqual(kept(server), [".new"]);
    }
  });
});

const noNamespaces = spawnSync("unshare", ["-Urmn", "true"]).status !== 0
  && "this system allows no namespaces of one's own";

test("D4 a name with a public and private addresses: only the public one is tried",
  { skip: noNamespaces }, async (t) => {
    const place = workspace(t);
    const hosts = path.join(place.folder, "hosts");
    const log = path.join(place.folder, "strace.log");
    const private_ = ["10.0.0.1", "127.0.0.1", "192.168.0.1", "169.254.169.254", "fd00::1"];
    fs.writeFileSync(hosts, ["93.184.215.14", ...private_].map((a) => `${a} mixed.example\n`)
      .concat(private_.map((a) => `${a} private.example\n`)).join(""));
    // The namespace has no network, not even loopback: the client is inside it, too.
    const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
    const server = await startServer(t, { place, listen: "127.0.0.1:0", wrap: ["strace", "-D",
      "-f", "-qq", "-yy", "-e", "trace=connect", "-o", log, "unshare", "-Urmn", "sh", "-c",
      script, "sh", hosts] });
    const ask = (words) => spawnSync("nsenter", ["-t", String(server.pid), "-U", "-n",
      "--preserve-credentials", paths.frugal, "--server", server.url, ...words],
    { encoding: "utf8", timeout: 60000 });
    const up = spawnSync("nsenter", ["-t", String(server.pid), "-U", "-n",
      "--preserve-credentials", "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
    if (up.error || up.status !== 0) return t.skip("no ip to bring up loopback");
    for (const name of ["mixed", "private"]) {
      const urls = Object.keys(FILES).flatMap(() =>
        ["--url", `http://${name}.example/`, "--sha256", "0".repeat(64)]);
      const r = ask(["datasets", "add", name, ...urls]);
      assert.equal(r.status, 1, r.stderr);
      assert.match(r.stderr, name === "private" ? /blocked_address/
        : /unreachable|blocked_address|timeout/);
    }
    const addresses = connections(fs.readFileSync(log, "utf8")).map((c) => c.address);
    assert.deepEqual([...new Set(addresses)], ["93.184.215.14"]);
    return undefined;
  });

const goodAt = (url) => goodFile(Object.keys(FILES)
  .find((key) => FILES[key] === url.split("/").at(-1)));

test("a fetch shows its progress, and one that is repeated is the same", async (t) => {
  let go;
  const gate = new Promise((resolve) => { go = resolve; });
  const mirror = await startMirror(t, "127.0.0.2", async (request, response) => {
    const body = goodAt(request.url);
    response.writeHead(200, { "Content-Length": body.length });
    response.write(body.subarray(0, 500));
    await gate;
    response.end(body.subarray(500));
  });
  const server = await startServer(t, { args: allow(mirror) });
  const body = wanted(mirror, "mine");
  const r = await server.order("/v1/datasets", body);
  assert.deepEqual([r.status, r.headers.location], [202, "/v1/datasets/mine"]);
  const set = await until(async () => {
    const now = await server.get("/v1/datasets/mine");
    return now.files.train_images.bytes > 0 && now;
  }, "some bytes");
  assert.equal(set.state, "fetching");
  assert.equal(set.files.train_images.of, goodAt("/good/train-images-idx3-ubyte").length);
  assert.equal((await server.order("/v1/datasets", body)).status, 202);
  const other = wanted(mirror, "mine", { test_labels: { url: mirror.url, sha256: "0".repeat(64) } });
  assert.equal((await server.order("/v1/datasets", other)).status, 409);
  const put = await server.request("/v1/datasets/mine/test_labels", { method: "PUT", body: "x",
    headers: { "Content-Type": "application/octet-stream" } });
  assert.equal(put.status, 409);

  // A job for it is taken, and waits.
  const job = await server.submit(spec(short, { dataset: "mine" }));
  const why = await until(async () => {
    const w = await server.get(`/v1/runs/${job.id}/why`);
    return /waits for data set/.test(w.why) && w;
  }, "a run that waits");
  assert.equal(why.place, null);
  go();
  assert.equal((await settle(server, "mine")).state, "ready");
  assert.equal((await server.done(job.id)).state, "succeeded");
  assert.equal((await server.order("/v1/datasets", body)).status, 409);
});

test("a fetch that is given up, or cut off by the end of the server, leaves nothing",
  async (t) => {
    const mirror = await startMirror(t);
    const place = workspace(t);
    const drips = { url: `${mirror.url}/serve/${encodeURIComponent("a byte every 5 s")}`,
      sha256: "0".repeat(64) };
    let server = await startServer(t, { place, args: allow(mirror) });
    const begin = async (name, file) => {
      const r = await server.order("/v1/datasets", wanted(mirror, name, { test_labels: file }));
      assert.equal(r.status, 202, r.text);
      await until(async () => (await server.get(`/v1/datasets/${name}`)).files?.train_images
        .complete, "the first file");
    };
    await begin("given-up", drips);
    assert.equal((await server.request("/v1/datasets/given-up", { method: "DELETE" })).status, 200);
    assert.equal((await server.request("/v1/datasets/given-up")).status, 404);
    await until(() => unfinished(server).length === 0, "an empty folder");

    await begin("killed", drips);
    await server.kill();
    assert.ok(unfinished(server).length > 0);
    server = await startServer(t, { place, args: allow(mirror) });
    assert.deepEqual(unfinished(server), []);
    assert.equal((await server.request("/v1/datasets/killed")).status, 404);

    await begin("killed", drips); // it can be asked for again
    server.checkEnd(await server.stop()); // which does not wait for it
    assert.deepEqual(kept(server), [".new"]);
  });

test("known data sets, from a mirror of the lab", { skip: !paths.real && "no real data" },
  async (t) => {
    const { folder, name } = paths.real;
    const mirror = await startMirror(t, "127.0.0.2", (request, response) => {
      const [, set, file] = request.url.split("/");
      const at = path.join(folder, name, file ?? "");
      if (set !== name || !fs.existsSync(at)) return response.writeHead(404).end();
      return fs.createReadStream(at).pipe(response);
    });
    // Debian's folder would have the set already.
    const server = await startServer(t, { args: [...allow(mirror), "--fetch-mirror", mirror.url] });
    const { known, items } = await server.get("/v1/datasets");
    assert.ok(["emnist-digits", "fashion-mnist", "kmnist", "mnist"].every((s) => known.includes(s)));
    const r = await server.order("/v1/datasets", { name });
    if (items.some((item) => item.name === name)) return assert.equal(r.status, 409);
    assert.equal(r.status, 202, r.text);
    const set = await settle(server, name);
    assert.deepEqual([set.state, set.train, set.test], ["ready", 60000, 10000]);
    return undefined;
  });

test("what cannot be asked for", async (t) => {
  const mirror = await startMirror(t);
  const server = await startServer(t, { args: allow(mirror) });
  makeSet(server.place.datasets, "there");
  const good = wanted(mirror, "mine");
  const wrong = [
    [422, {}, "/name"], [422, { name: "nobody-knows" }, "/name"], [422, { name: 7 }, "/name"],
    [422, { name: "mine", files: {} }, "/files/train_images/url"],
    [422, { name: "mine", files: [] }, "/files/train_images/url"],
    [422, { name: "mine", files: { ...good.files, more: {} } }, "/files"],
    [422, { ...good, more: 1 }, ""], [409, wanted(mirror, "there")], [409, wanted(mirror, "tiny")],
  ];
  for (const [status, body, pointer] of wrong) {
    const r = await server.order("/v1/datasets", body);
    assert.equal(r.status, status, JSON.stringify(body) + r.text);
    if (pointer !== undefined) assert.equal(r.json().errors[0].pointer, pointer);
  }
  assert.equal((await server.request("/v1/datasets/nothing")).status, 404);
  const remove = (name) => server.request(`/v1/datasets/${name}`, { method: "DELETE" });
  assert.equal((await remove("nothing")).status, 404);
  const foreign = await remove("there"); // in the folder of --datasets
  assert.equal(foreign.status, 409);
  assert.match(foreign.json().detail, /where the server changes nothing/);
});

test("addresses may be allowed while the server runs, and no longer", async (t) => {
  const mirror = await startMirror(t);
  const place = workspace(t);
  const file = path.join(place.folder, "frugald.conf");
  fs.writeFileSync(file, `fetch-ports = ${mirror.port}\n`);
  const server = await startServer(t, { place, env: { FRUGAL_CONFIG: file } });
  const reread = async (text, times) => {
    fs.writeFileSync(file, text);
    server.signal("SIGHUP");
    await until(() => server.log.split("settings were read again").length > times, "SIGHUP");
  };
  const fetched = async (name) => {
    assert.equal((await server.order("/v1/datasets", wanted(mirror, name))).status, 202);
    return (await settle(server, name)).error ?? "ready";
  };
  assert.equal(await fetched("first"), "fetch_failed: blocked_address");
  await reread(`fetch-ports = ${mirror.port}\nfetch-allow = 127.0.0.0/8\n`, 1);
  assert.equal(await fetched("second"), "ready");
  fs.writeFileSync(file, "fetch-allow = nonsense\n");
  server.signal("SIGHUP");
  await until(() => /stay as they are: .*frugald\.conf, line 1: /.test(server.log), "a complaint");
  assert.equal(await fetched("third"), "ready");
  await reread("", 2);
  assert.equal(await fetched("fourth"), "fetch_failed: blocked_address");
});

// frugal ls, show, trace, datasets, help, and what it says when something is wrong.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import test from "node:test";
import { defer } from "../lib/cleanup.mjs";
import { clientOf, frugal } from "../lib/client.mjs";
import { columns } from "../lib/csv.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const lines = (text) => text.split("\n").slice(0, -1);

async function withJobs(t) {
  const server = await startServer(t);
  await server.submit(spec(short, { name: "plain", tags: ["a", "b"], note: "a note" }));
  await server.submit(spec(short, { name: "swept", seeds: 3,
    sweep: { "/network/hidden/0": [5, 9] } }));
  await server.done(2);
  return { server, client: clientOf(server) };
}

test("ls", async (t) => {
  const { server, client } = await withJobs(t);
  const { code, out, err } = await client("ls");
  assert.deepEqual([code, err], [0, ""]);
  const [head, first, second, ...rest] = lines(out);
  assert.match(head, /job +state +runs +progress +name/);
  assert.match(first, /^ *2 +succeeded +6\/6 +100 % +swept/);
  assert.match(second, /^ *1 +succeeded +1\/1 +100 % +plain/);
  assert.deepEqual(rest, []);
  assert.equal((await client("ls", "-q")).out, "2\n1\n");
  assert.equal((await client("ls", "-q", "-n", "1")).out, "2\n");
  assert.equal((await client("ls", "-q", "--limit=1")).out, "2\n");
  const json = JSON.parse((await client("ls", "--json")).out);
  assert.deepEqual(json.items, (await server.get("/v1/jobs")).items);
});

test("ls of more jobs than a page of the server", async (t) => {
  const server = await startServer(t);
  const tiny = spec(short, { stop: { accuracy: null, samples: 10 } });
  for (let i = 0; i < 520; i += 20) {
    await Promise.all(Array.from({ length: 20 }, () => server.submit(tiny)));
  }
  const { out } = await clientOf(server)("ls", "-q", "-n", "510");
  assert.deepEqual(lines(out).map(Number), Array.from({ length: 510 }, (_, i) => 520 - i));
});

test("ls with a filter, an order, and of runs", async (t) => {
  const { client } = await withJobs(t);
  const out = async (...args) => {
    const { code, out: text, err } = await client("ls", "-q", ...args);
    assert.deepEqual([code, err], [0, ""]);
    return text;
  };
  assert.equal(await out("name = plain"), "1\n");
  assert.equal(await out("--sort", "name"), "1\n2\n");
  assert.equal(await out("--runs"), "1\n2\n3\n4\n5\n6\n7\n");
  assert.equal(await out("-r", "spec.network.hidden.0 = 9 and seed > 1", "-s", "-seed"), "7\n6\n");
  assert.equal(await out("-r", "-n", "2", "--sort=-id"), "7\n6\n");
  const { out: table } = await client("ls", "--runs", "job = 2");
  assert.equal(lines(table).filter((line) => /^ *\d+ +\d+ +\d+ +succeeded/.test(line)).length, 6);
  const wrong = await client("ls", "sate = failed");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, /filter, column 1: .*"sate" \(did you mean "state"\?\)/);
  assert.equal((await client("ls", "--runs", "--trash")).code, 2);
});

test("export", async (t) => {
  const { server, client } = await withJobs(t);
  const path = "/v1/export?filter=seed+%3D+1&sort=-id";
  const csv = await client("export", "seed = 1", "--sort", "-id");
  assert.deepEqual([csv.code, csv.err], [0, ""]);
  assert.equal(csv.out, (await server.request(path)).text);
  assert.equal(lines(csv.out).length, 16);
  const { out } = await client("export", "--ndjson", "seed = 1", "-s", "-id");
  assert.equal(out, (await server.request(`${path}&format=ndjson`)).text);
  const file = `${server.place.folder}/out.csv`;
  const saved = await client("export", "seed = 1", "-s", "-id", "-o", file);
  assert.deepEqual([saved.code, saved.out], [0, ""]);
  assert.equal(fs.readFileSync(file, "utf8"), csv.out);
  assert.notEqual((await client("export", "-o", file)).code, 0);
  assert.equal((await client("export", "--force", "-o", file)).code, 0);
  assert.equal(lines(fs.readFileSync(file, "utf8")).length, 36);
  const wrong = await client("export", "seed =");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, /filter, column 7/);
});

test("show", async (t) => {
  const { server, client } = await withJobs(t);
  const { code, out, err } = await client("show", "2");
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /swept/);
  const { cells } = await server.get("/v1/jobs/2/summary");
  const rows = lines(out).filter((line) => / ± /.test(line));
  assert.equal(rows.length, 2);
  rows.forEach((row, i) => {
    const [hidden, n] = row.trim().split(/ +/);
    assert.deepEqual([Number(hidden), Number(n)],
      [cells[i].params["/network/hidden/0"], cells[i].metrics.m0.n]);
    assert.ok(row.includes(cells[i].metrics.test_accuracy.mean.toFixed(3).slice(0, 4)), row);
  });
  const plain = (await client("show", "1")).out;
  for (const word of ["plain", "a, b", "a note", "tiny", "succeeded"]) {
    assert.ok(plain.includes(word), word);
  }
  const runs = (await client("show", "2", "--runs")).out;
  assert.equal(lines(runs).filter((line) => /^ *\d+ +\d+ +\d+ +succeeded/.test(line)).length, 6);
  assert.equal((await client("show", "2", "-q")).out, "2\n3\n4\n5\n6\n7\n");
  await server.done((await server.submit(spec(short, { network: { hidden: [1] },
    evaluate: { every: 1 }, stop: { accuracy: null, epochs: null, samples: 1 } }))).id);
  const { m0 } = (await server.get("/v1/runs?job=3")).items[0].results;
  assert.ok(m0 > 0 && m0 < 10000, `${m0}`);
  assert.match((await client("show", "3")).out, new RegExp(`\n1 +1 +${m0} `));
  const json = JSON.parse((await client("show", "2", "--json", "--runs")).out);
  const runsOf = (await server.get("/v1/runs?job=2")).items;
  assert.deepEqual(json.job, await server.get("/v1/jobs/2"));
  assert.deepEqual(json.summary.cells, cells);
  assert.deepEqual(json.runs.items ?? json.runs, runsOf);
});

test("trace", async (t) => {
  const { server, client } = await withJobs(t);
  const { code, out, err } = await client("trace", "1");
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out, (await server.request("/v1/runs/1/trace?format=csv")).text);
  const json = JSON.parse((await client("trace", "1", "--json")).out);
  assert.deepEqual(json, await server.get("/v1/runs/1/trace"));
  assert.deepEqual(json.columns, columns(out));
  const some = (await client("trace", "1", "--columns", "samples,m0")).out;
  assert.deepEqual(Object.keys(columns(some)), ["samples", "m0"]);
  const wrong = await client("trace", "1", "--columns", "nonsense");
  assert.ok(wrong.code !== 0 && wrong.out === "");
});

test("datasets", async (t) => {
  const { server, client } = await withJobs(t);
  const { code, out } = await client("datasets");
  assert.equal(code, 0);
  assert.ok(lines(out).some((line) => /^tiny +600 +200 +8 +8 +4/.test(line)), out);
  const names = (await server.get("/v1/datasets")).items.map((set) => set.name);
  assert.deepEqual(lines((await client("datasets", "-q")).out), names);
  const json = JSON.parse((await client("datasets", "--json")).out);
  assert.deepEqual(json, await server.get("/v1/datasets"));
});

test("help and version", async () => {
  const overview = await frugal(["--help"]);
  assert.equal(overview.code, 0);
  assert.equal((await frugal(["help"])).out, overview.out);
  assert.match((await frugal(["--version"])).out, /^frugal \S+\n$/);
  for (const verb of ["submit", "ls", "show", "trace", "export", "datasets", "help"]) {
    assert.match(overview.out, new RegExp(`frugal ${verb}\\b`));
    const { code, out } = await frugal(["help", verb]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^usage: frugal ${verb}\\b`));
    assert.deepEqual(await frugal([verb, "--help"]), { code: 0, out, err: "" });
    assert.ok(lines(out).every((line) => line.length <= 100), verb);
  }
});

test("a refusal that may pass: 9; a server that is not there: 6", async (t) => {
  const odd = http.createServer((request, response) => {
    const status = Number(/\d+/.exec(request.url.replace("/v1/jobs/", ""))[0]);
    response.writeHead(status, { "Content-Type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => { odd.on("listening", resolve); });
  defer(t, () => odd.close());
  const env = { FRUGAL_SERVER: `http://127.0.0.1:${odd.address().port}` };
  const codes = { 409: 7, 429: 9, 500: 6, 502: 6, 503: 9, 507: 9 };
  for (const [status, wanted] of Object.entries(codes)) {
    const { code, err } = await frugal(["hold", status], { env });
    assert.deepEqual([status, code], [status, wanted], err);
    assert.match(err, new RegExp(`HTTP ${status}`));
  }
});

test("a command line that makes no sense: 2", async () => {
  const misspelt = await frugal(["sbumit", "x"]);
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.err, /did you mean "submit"/);
  const wrong = [[], ["nonsense"], ["show"], ["show", "x"], ["show", "1", "2"], ["show", "0"],
    ["show", "-1"], ["trace"], ["trace", "1x"], ["ls", "--nonsense"], ["ls", "-n", "0"],
    ["ls", "-n"], ["ls", "more", "words"], ["export", "more", "words"], ["datasets", "more"], ["help", "nonsense"], ["submit"],
    ["--server"], ["ls", "--json=1"]];
  for (const args of wrong) {
    const { code, out, err } = await frugal(args);
    assert.deepEqual([code, out], [2, ""], `${args.join(" ")}: ${err}`);
    assert.ok(err.length > 5);
  }
});

test("not found: 4", async (t) => {
  const server = await startServer(t);
  for (const args of [["show", "7"], ["show", "7", "-q"], ["trace", "7"],
    ["show", "7", "--json"], ["trace", "7", "--json"]]) {
    const { code, out, err } = await clientOf(server)(...args);
    assert.deepEqual([code, out], [4, ""], args.join(" "));
    assert.match(err, /no such (job|run)/);
  }
});

test("no server, or none that makes sense: 6", async (t) => {
  const answers = ["not JSON", "[]", "{}", "{\"items\": 5}", "", "{\"items\": [1, \"x\"]}"];
  let text = "";
  const odd = http.createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(text);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => { odd.on("listening", resolve); });
  defer(t, () => odd.close());
  const env = { FRUGAL_SERVER: `http://127.0.0.1:${odd.address().port}` };
  for (text of answers) {
    for (const args of [["ls"], ["datasets"], ["show", "1"]]) {
      const { code } = await frugal(args, { env });
      assert.ok(Number.isInteger(code) && code < 128, `${args} with ${text}: ${code}`);
    }
  }
  text = "not JSON";
  assert.equal((await frugal(["ls"], { env })).code, 6);
  for (const server of ["http://127.0.0.1:1", "nonsense", "http://", "ftp://127.0.0.1/",
    "file:///etc/passwd"]) {
    const { code, out, err } = await frugal(["--server", server, "ls"]);
    assert.ok(code === 6 || code === 2, `${server}: ${code} ${err}`);
    assert.equal(out, "");
  }
  assert.equal((await frugal(["ls", "--server", "http://127.0.0.1:1"], { env })).code, 6);
});

test("a redirect is not followed", async (t) => {
  const asked = [];
  const odd = http.createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { Location: "/elsewhere" }).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => { odd.on("listening", resolve); });
  defer(t, () => odd.close());
  const { code } = await frugal(["datasets"],
    { env: { FRUGAL_SERVER: `http://127.0.0.1:${odd.address().port}` } });
  assert.equal(code, 6);
  assert.deepEqual(asked, ["/v1/datasets"]);
});

test("nothing that a user wrote reaches the terminal as a control", async (t) => {
  const { server, client } = await withJobs(t);
  const name = "\u001b[31mred\u0007\u009b2J\u202egnp\r\nline";
  await server.submit(spec(short, { name, note: name, tags: [name] }));
  await server.done(3);
  for (const args of [["ls"], ["show", "3"], ["show", "3", "--runs"]]) {
    const { code, out } = await client(...args);
    assert.equal(code, 0);
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/, args[0]);
    assert.match(out, /red/);
  }
  assert.equal(JSON.parse((await client("show", "3", "--json")).out).job.name, name);
});

test("proxies of the environment are not asked for a local server", async (t) => {
  const { client } = await withJobs(t);
  const env = { http_proxy: "http://127.0.0.1:9", ALL_PROXY: "http://127.0.0.1:9" };
  assert.equal((await client("ls", "-q", { env })).out, "2\n1\n");
});

test("the bars of trace --summary begin and end with the first and the last row", async (t) => {
  const server = await startServer(t);
  await server.submit(spec(short, { evaluate: { every: 30 } }));
  await server.done(1);
  const { columns } = await server.get("/v1/runs/1/trace?columns=test_accuracy,test_loss");
  const { out } = await clientOf(server)("trace", "1", "--summary", "-c", "test_accuracy,test_loss");
  for (const [name, values] of Object.entries(columns)) {
    assert.ok(values.length > 64, `${values.length} rows`);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const bar = (x) => "▁▂▃▄▅▆▇█"[Math.floor((x - least) / (most - least) * 7 + 0.5)];
    const bars = [...out.split("\n").find((line) => line.startsWith(name)).split(/ +/).at(-1)];
    assert.equal(bars.length, 32);
    assert.deepEqual([bars[0], bars.at(-1)], [bar(values[0]), bar(values.at(-1))], name);
  }
});

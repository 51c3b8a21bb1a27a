// frugal plot: SVG that parses, and shows the numbers of the server.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { clientOf } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";
import { elements } from "../lib/xml.mjs";

async function withJobs(t) {
  const server = await startServer(t);
  await server.submit(spec(short, { name: "<sizes> & \"gates\"", seeds: 3,
    evaluate: { every: 100 }, stop: { accuracy: 0.9, epochs: 3 },
    sweep: { "/network/hidden/0": [1, 10, 40], "/plasticity": [{}, { gate: "wrong" }] } }));
  await server.done(1);
  return { server, client: clientOf(server) };
}

const pointsOf = (svg) => elements(svg).filter(({ name, attributes }) =>
  name === "g" && attributes.class === "point").map(({ attributes }) => ({
  x: Number(attributes["data-x"]), y: Number(attributes["data-y"]),
  sem: attributes["data-sem"] === undefined ? null : Number(attributes["data-sem"]),
  n: Number(attributes["data-n"]), bound: attributes["data-bound"] === "1" }));

const textsOf = (svg) => elements(svg).filter(({ name }) => name === "text").map(({ text }) => text);

test("energy against what is swept", async (t) => {
  const { server, client } = await withJobs(t);
  const file = path.join(server.place.folder, "size.svg");
  const { code, out, err } = await client("plot", "1", "-x", "hidden.0", "-y", "m1", "-o", file);
  assert.deepEqual([code, out, err], [0, "", ""]);
  const svg = fs.readFileSync(file, "utf8");
  const { cells } = await server.get("/v1/jobs/1/summary?at=test_accuracy%3E%3D0.9");
  const wanted = cells.map(({ params, metrics: { m1 } }) => ({ x: params["/network/hidden/0"],
    y: m1.missed > 0 ? m1.at_least : m1.mean, sem: m1.missed > 0 ? null : m1.sem, n: m1.n,
    bound: m1.missed > 0 }));
  const order = (a, b) => a.x - b.x || a.y - b.y;
  assert.deepEqual(pointsOf(svg).sort(order), wanted.sort(order));
  assert.ok(wanted.some((p) => p.bound) && wanted.some((p) => !p.bound));
  const texts = textsOf(svg);
  for (const text of ["<sizes> & \"gates\"", "hidden units N", "M1 (sum of |Δw|) to 90 % test accuracy"]) {
    assert.ok(texts.includes(text), `${text} in ${texts.join("\n")}`);
  }
  assert.ok(texts.some((text) => /^plain, n = /.test(text)), texts.join("\n"));
  assert.ok(texts.some((text) => /^gate wrong, n = /.test(text)));
  assert.ok(texts.some((text) => /lower bound/.test(text)));
  assert.equal((await client("plot", "1", "-x", "/network/hidden/0", "-y", "m1")).out, svg);
});

test("a mean of fewer seeds is thin, and has no band", async (t) => {
  const { server, client } = await withJobs(t);
  const { cells } = await server.get("/v1/jobs/1/curves?x=m0&y=test_accuracy");
  const n = cells[4].n.filter((count) => count > 0);
  assert.ok(n.some((count) => count < 3) && n.filter((count) => count === 3).length > 2, `${n}`);
  const svg = (await client("plot", "1:4")).out;
  const paths = elements(svg).filter(({ name }) => name === "path").map((e) => e.attributes);
  const fewer = paths.filter((a) => a.class === "fewer");
  assert.equal(fewer.length, 1);
  assert.equal(fewer[0]["stroke-width"], "0.7");
  const steps = (d) => d.match(/L/g).length;
  const whole = paths.filter((a) => a["stroke-width"] === "1.6" && /L/.test(a.d));
  assert.equal(whole.length, 1);
  assert.equal(steps(whole[0].d) + steps(fewer[0].d), n.length - 1);
  const [band] = paths.filter((a) => a["fill-opacity"] === "0.2");
  assert.equal(steps(band.d) + 1, 2 * n.filter((count) => count === 3).length);
  const [end, ...others] = pointsOf(svg);
  const { m0, test_accuracy: accuracy } = (await server.get("/v1/jobs/1/summary")).cells[4].metrics;
  assert.deepEqual([end, others],
    [{ x: m0.mean, y: accuracy.mean, sem: accuracy.sem, n: 3, bound: false }, []]);
  assert.ok(textsOf(svg).some((text) => /n = 3, thin where fewer$/.test(text)));
});

test("rules side by side, curves, and energy against accuracy", async (t) => {
  const { server, client } = await withJobs(t);
  const rules = (await client("plot", "1", "-x", "plasticity")).out;
  assert.ok(textsOf(rules).includes("gate wrong"));
  assert.equal(pointsOf(rules).length, 6);
  const joined = elements(rules).filter(({ attributes }) => attributes["stroke-width"] === "1.6");
  assert.deepEqual(joined, [], "no line joins what has no order");

  const curves = (await client("plot", "1:4", "-x", "samples", "-y", "test_accuracy")).out;
  assert.ok(elements(curves).length > 10);
  assert.ok(textsOf(curves).includes("training samples"));

  const goals = (await client("plot", "1:4", "-x", "accuracy")).out;
  const { cells } = await server.get("/v1/jobs/1/summary?at=test_accuracy%3E%3D0.85");
  const at = pointsOf(goals).find(({ x }) => Math.abs(x - 0.85) < 1e-9);
  assert.deepEqual([at.y, at.sem], [cells[4].metrics.m0.mean, cells[4].metrics.m0.sem]);
});

test("what cannot be drawn", async (t) => {
  const { client } = await withJobs(t);
  for (const [args, wanted, words] of [
    [["1", "-x", "hidden.0", "-y", "m7"], 2, /no result "m7"/],
    [["1", "-x", "hidden.1"], 2, /^frugal: job 1 does not sweep hidden\.1, but hidden\.0, plasticity\n$/],
    [["1", "-y", "test_acuracy"], 2,
      /^frugal: the traces of job 1 have no column test_acuracy; did you mean test_accuracy\?\n$/],
    [["1", "-x", "nonsense"], null, /x must be|nonsense/],
    [["1", "-x", "hidden.0", "-a", "accuracy>=2", "-y", "test_accuracy"], 4, /nothing to draw/],
    [["9"], 4, /no such job/],
    [["1", "-o", "/nonexistent/x.svg"], 8, /could not be written/],
  ]) {
    const { code, out, err } = await client("plot", ...args);
    assert.equal(out, "", args.join(" "));
    assert.ok(wanted === null ? code !== 0 : code === wanted, `${args.join(" ")}: ${code} ${err}`);
    assert.match(err, words);
  }
});

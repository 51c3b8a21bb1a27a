// frugal reproduce on a tiny data set: the report, and that a second call computes nothing.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { clientOf } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";
import { elements } from "../lib/xml.mjs";

const PRESETS = ["gating", "smallest-updates", "accuracy"];

const svgsOf = (html) => html.match(/<svg .*?<\/svg>/gs) ?? [];

test("a report, and the same again", { timeout: 240000 }, async (t) => {
  const server = await startServer(t);
  const client = clientOf(server);
  const file = path.join(server.place.folder, "report.html");
  const words = ["reproduce", ...PRESETS, "--quick", "--dataset", "tiny", "-o", file, { ms: 200000 }];
  const { code, out, err } = await client(...words);
  assert.deepEqual([code, out], [0, `${file}\n`], err);
  assert.match(err, /\d+ of \d+ runs are to be computed: about \d+ s of computing/);
  for (const name of PRESETS) assert.match(err, new RegExp(`${name}: job \\d+ has ended`));

  const html = fs.readFileSync(file, "utf8");
  const svgs = svgsOf(html);
  const figures = (await server.get("/v1/presets")).items
    .filter(({ name }) => PRESETS.includes(name)).flatMap(({ figures: all }) => all)
    .reduce((sum, { y }) => sum + y.length, 0);
  assert.equal(html.match(/<figure>/g).length, figures);
  assert.ok(svgs.length > 0 && svgs.length <= figures);
  for (const svg of svgs) elements(svg);
  assert.doesNotMatch(html, /(src|href)="(?!#)/, "one file that needs no other");

  const jobs = (await server.get("/v1/jobs")).items;
  assert.equal(jobs.length, PRESETS.length);
  const { id } = jobs.find(({ tags }) => tags.includes("gating"));
  const gating = await server.get(`/v1/jobs/${id}`);
  assert.equal(gating.spec.stop.accuracy, 0.85);
  const { cells } = await server.get(`/v1/jobs/${gating.id}/summary?at=test_accuracy%3E%3D0.85`);
  const section = html.slice(html.indexOf("<section id=\"gating\">"), html.indexOf("<section id=\"smallest-updates\">"));
  const points = elements(svgsOf(section)[0]).filter(({ attributes }) => attributes.class === "point");
  assert.deepEqual(points.map(({ attributes }) => Number(attributes["data-y"])).sort(),
    cells.map(({ metrics: { m0 } }) => m0.mean ?? m0.at_least).sort());

  const run = (await server.get(`/v1/runs?job=${gating.id}&limit=1`)).items[0];
  for (const text of [run.provenance.build, run.provenance.host, run.provenance.dataset_sha256.test_images,
    "frugal reproduce gating smallest-updates accuracy --quick --dataset tiny", "Not the paper"]) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(/<b>(agrees|differs|cannot be told)<\/b>/.test(section));

  const again = await client(...words);
  assert.equal(again.code, 0, again.err);
  assert.match(again.err, /0 of \d+ runs are to be computed/);
  assert.equal((await server.get("/v1/jobs")).items.length, PRESETS.length);
});

test("reproduce: what makes no sense", async (t) => {
  const server = await startServer(t);
  for (const [args, wanted] of [[["gatin"], 4], [["--quick", "--full"], 2],
    [["gating", "--dataset", "nonsense"], 3]]) {
    const { code, out } = await clientOf(server)("reproduce", ...args);
    assert.deepEqual([code, out], [wanted, ""], args.join(" "));
  }
});

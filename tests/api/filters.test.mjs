// Filters and orders of the lists of runs and jobs, against a naive evaluation of the same.
import assert from "node:assert/strict";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import { dice, everything, fulfils, query, sorted, text } from "../lib/filters.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

/* Runs in many states, with many values; none of them changes any more. */
async function withHistory(t) {
  const server = await startServer(t);
  const few = spec(short, { evaluate: { every: 100 }, stop: { accuracy: 0.9, epochs: 2 } });
  await server.submit(spec(few, { name: "First try", tags: ["fig3", "a"], seeds: 2,
    sweep: { "/network/hidden/0": [5, 9, 12] } }));
  await server.submit(spec(few, { name: "50 % off_\\", tags: ["b"], seeds: [7], priority: 3,
    sweep: { "/plasticity": [{}, { gate: "wrong" }, { gate: 0.1 },
      { compete: { fraction: [0.01, 1] } }, { mask: { fraction: 0.5, redraw: { cycle: 3 } } },
      { mask: { fraction: 0.5, redraw: "sample" } }] } }));
  await server.submit(spec(few, { name: "first again", tags: [], network: { hidden: [6, 4] },
    sweep: { "/training/learning_rate": [0.01, [0.02, 0.01, 0.005]], "/stop/epochs": [1, null],
      "/stop/samples": [400] } }));
  await server.submit(spec(few, { name: "deep", tags: ["a", "fig3"], note: "x",
    sweep: { "/network": [{ hidden: [3, 3, 3], bias: false }, { hidden: [8], activation: "relu" }] } }));
  await server.submit(spec(few, { name: "ü \"quoted\" 'x'", tags: ["ü", "a b"], seeds: 2,
    training: { learning_rate: 99 }, energy: { exponents: [0.5, 2] } }));
  for (let job = 1; job <= 5; job += 1) await server.done(job);
  const stopped = await server.submit(spec(endless, { name: "stopped", seeds: 2, tags: ["late"] }));
  await until(async () => (await server.get("/v1/runs?state=running")).items
    .some(({ results }) => results), "a run at work");
  await server.order(`/v1/jobs/${stopped.id}/cancel`);
  await server.done(stopped.id);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  const held = await server.submit(spec(short, { name: "HELD", seeds: 2 }));
  await server.order(`/v1/jobs/${held.id}/hold`);
  await server.submit(spec(short, { name: "waits" }));
  return { server, ...await everything(server) };
}

const ids = (rows) => rows.map(({ id }) => id);

async function found(server, list, filter, more) {
  const r = await server.request(`/v1/${list}?${query(filter, { limit: 500, ...more })}`);
  assert.equal(r.status, 200, `${filter}: ${r.text}`);
  return ids(r.json().items);
}

test("filters mean what they say", async (t) => {
  const { server, runs, jobs } = await withHistory(t);
  const one = (field, op, ...values) => ({ field, op, values });
  const wanted = [
    [{ all: [one("state", "in", "failed", "dead"), one("job", "=", 5)] }],
    [one("spec.network.hidden.0", ">=", 9)],
    [{ all: [one("spec.network.hidden.0", "=", 9), one("tag", "=", "fig3")] }],
    [one("spec.network.hidden.2", "!=", null)],
    [one("spec.network.hidden.1", "=", null)],
    [one("spec.plasticity.gate", "=", "wrong")], [one("spec.plasticity.gate", ">", 0)],
    [one("spec.plasticity.gate", "!=", null)],
    [one("spec.plasticity.compete.by", "=", "update")],
    [one("spec.plasticity.compete.fraction.0", "<", 0.5)],
    [one("spec.plasticity.mask.redraw", "=", "sample")],
    [one("spec.plasticity.mask.redraw.cycle", "=", 3)],
    [one("spec.training.learning_rate.2", "between", 0.005, 0.01)],
    [one("spec.training.learning_rate.2", "<=", 0.005)],
    [one("spec.stop.epochs", "=", null)], [one("spec.stop.samples", ">", 1)],
    [one("spec.network.bias", "=", "false")], [one("spec.network.activation", "!=", "relu")],
    [one("spec.energy.exponents.1", "=", 2)], [one("spec.evaluate.every", "in", 100, 750)],
    [one("dataset", "=", "tiny")], [one("spec.dataset", "~", "IN")],
    [one("name", "~", "FIRST")], [one("name", "=", "first again")], [one("name", "~", "%")],
    [one("name", "~", "_\\")], [one("name", "~", "\"")], [one("name", "~", "Ü")],
    [one("tag", "=", "ü")], [one("tag", "~", "FIG")], [one("tag", "!=", "a")],
    [one("tag", "in", "b", "late")], [one("owner", "=", "anonymous")],
    [one("priority", ">", 0)], [one("id", "between", 3, 6)], [one("started", "=", null)],
    [{ not: { any: [one("name", "~", "first"), one("id", ">", 5)] } }],
  ];
  for (const [tree] of wanted) {
    for (const [list, rows] of [["runs", runs], ["jobs", jobs]]) {
      const expected = ids(rows.filter((row) => fulfils(row, tree)));
      assert.deepEqual((await found(server, list, text(tree))).sort((a, b) => a - b),
        expected.sort((a, b) => a - b), `${list}: ${text(tree)}`);
    }
  }
  const results = [one("m0", "between", 1e5, 3e5), one("test_accuracy", ">=", 0.9),
    one("outcome", "=", "goal"), one("outcome", "=", null), one("inefficiency_m0", ">", 100),
    one("m1", "=", null), one("seed", "not in", 1, 2), one("cell", "=", 1),
    one("seconds", ">", 0), one("attempts", "=", 0), one("epochs", "<", 1.5)];
  for (const tree of results) {
    assert.deepEqual(await found(server, "runs", text(tree)),
      ids(runs.filter((row) => fulfils(row, tree))), text(tree));
  }
});

test("times and ages", async (t) => {
  const { server, runs, jobs } = await withHistory(t);
  const all = ids(runs);
  for (const filter of ["created > -1h", "created >= 2020-01-01", "created < now or seed >= 0",
    "created between 2020-01-01T10 and 2100-12-31T23:59:59.999Z", "not created < -30m", ""]) {
    assert.deepEqual(await found(server, "runs", filter), all, filter);
  }
  for (const filter of ["created < -1w", "created > 2100-01-01T00:00", "created > -0.000s"]) {
    assert.deepEqual(await found(server, "runs", filter), [], filter);
  }
  const { created } = (await server.get("/v1/jobs/3"));
  assert.deepEqual(await found(server, "jobs", `created = ${created}`),
    ids(jobs.filter((job) => job.value("created")[0] === Date.parse(created))));
});

test("random filters and orders, page by page", async (t) => {
  const seed = Number(process.env.FRUGAL_SEED ?? 20261124);
  const roll = dice(seed);
  const below = (n) => Math.floor(roll() * n);
  const pick = (list) => list[below(list.length)];
  const { server, ...rows } = await withHistory(t);
  const common = ["id", "job", "state", "name", "tag", "owner", "priority", "created", "started",
    "finished", "dataset", "spec.network.hidden.0", "spec.network.hidden.1",
    "spec.plasticity.gate", "spec.training.learning_rate.0", "spec.network.activation",
    "spec.plasticity.mask.fraction.1", "spec.stop.epochs", "spec.network.bias"];
  const fields = { jobs: common, runs: [...common, "cell", "seed", "outcome", "attempts", "m0",
    "m1", "test_accuracy", "samples", "epochs", "inefficiency_m0", "inefficiency_m1", "seconds"] };
  const times = new Set(["created", "started", "finished"]);
  const leaf = (list) => {
    const field = pick(fields[list]);
    const known = rows[list].flatMap((row) => row.value(field)).filter((v) => v !== null);
    const may = !["id", "job", "state", "name", "tag", "owner", "priority", "created", "cell",
      "seed", "attempts"].includes(field);
    if (known.length === 0 || may && below(8) === 0) {
      return may ? { field, op: pick(["=", "!="]), values: [null] } : leaf(list);
    }
    const value = () => pick(known);
    const first = value();
    const same = known.filter((v) => typeof v === typeof first);
    const free = ["name", "tag", "owner", "dataset"].includes(field);
    const op = typeof first === "number" ? pick(["=", "!=", "<", "<=", ">", ">=", "between", "in"])
      : pick(free ? ["=", "!=", "in", "not in", "~"] : ["=", "!=", "in", "not in"]);
    const n = op === "between" ? 2 : op.endsWith("in") ? 1 + below(3) : 1;
    const values = Array.from({ length: n }, (_, i) => i === 0 ? first : pick(same));
    return { field, op, values };
  };
  const grow = (list, depth) => {
    const kind = depth > 0 ? below(5) : 4;
    if (kind === 4) return leaf(list);
    if (kind === 3) return { not: grow(list, depth - 1) };
    const parts = Array.from({ length: 2 + below(2) }, () => grow(list, depth - 1));
    return kind === 0 ? { any: parts } : { all: parts };
  };
  const written = (tree) => tree.field && times.has(tree.field) && tree.values[0] !== null
    ? { ...tree, values: tree.values.map((v) => new Date(v).toISOString()) }
    : Object.fromEntries(Object.entries(tree).map(([key, v]) => [key,
      key === "not" ? written(v) : key === "all" || key === "any" ? v.map(written) : v]));
  for (let i = 0; i < 300; i += 1) {
    const list = pick(["runs", "runs", "jobs"]);
    const tree = grow(list, 3);
    const sortable = fields[list].filter((f) => f !== "tag" &&
      !(list === "jobs" && /^(spec|dataset)/.test(f)));
    const keys = [...new Set(Array.from({ length: below(4) }, () => pick(sortable)))]
      .map((field) => below(2) ? field : `-${field}`);
    const filter = text(written(tree), below(2) === 0);
    const fit = rows[list].filter((row) => fulfils(row, tree));
    const wanted = keys.length > 0 ? sorted(fit, keys) : sorted(fit, list === "jobs" ? ["-id"] : []);
    const limit = pick([1, 2, 5, 500]);
    const at = `/v1/${list}?${query(filter, { limit, sort: keys.join() })}`;
    assert.deepEqual(ids(await server.all(at)), ids(wanted), `seed ${seed}, ${i}: ${at}\n${filter}`);
  }
});

test("what is wrong with a filter or an order is said, with its place", async (t) => {
  const server = await startServer(t);
  const wrong = [
    ["foo = 3", 1, "unknown_field", null], ["m0 = 1 and sate = failed", 12, "unknown_field", "state"],
    ["accuracy >= 0.9", 1, "unknown_field", "test_accuracy"],
    ["acuracy > 0.9", 1, "unknown_field", "test_accuracy"],
    ["spec.network.hiden.0 = 3", 1, "unknown_field", "spec.network.hidden.0"],
    ["spec.network.hidden = 3", 1, "is_list", "spec.network.hidden.0"],
    ["spec.network.hidden.01 = 3", 1, "unknown_field", "spec.network.hidden.0"],
    ["spec.name = x", 1, "unknown_field", null], ["spec = 3", 1, "unknown_field", null],
    ["ü = 3", 1, "unknown_field", null], ["name = ü and m0 = x", 19, "wrong_type", null],
    ["m0 >= abc", 7, "wrong_type", null], ["m0 = nan", 6, "wrong_type", null],
    ["m0 = 0x10", 6, "wrong_type", null], ["m0 = 1e999", 6, "wrong_type", null],
    ["m0 = \"3\"", 6, "wrong_type", null], ["seed = null", 8, "wrong_type", null],
    ["created > yesterday", 11, "wrong_type", null], ["created > 2026-02-30", 11, "wrong_type", null],
    ["created > 2026-11-23T25:00", 11, "wrong_type", null], ["created > -2y", 11, "wrong_type", null],
    ["state in (succeded)", 11, "not_a_choice", "succeeded"],
    ["spec.network.activation = rleu", 27, "not_a_choice", "relu"],
    ["spec.network.bias = maybe", 21, "not_a_choice", null],
    ["state < failed", 1, "wrong_operator", null], ["name between a and b", 1, "wrong_operator", null],
    ["m0 ~ 3", 1, "wrong_operator", null], ["state ~ failed", 1, "wrong_operator", null],
    ["m0", 3, "syntax", null], ["m0 =", 5, "syntax", null], ["= 3", 1, "syntax", null],
    ["(m0 = 3", 8, "syntax", null], ["m0 = 3)", 7, "syntax", null], ["m0 = 3 seed = 1", 8, "syntax", null],
    ["m0 = 3 and", 11, "syntax", null], ["m0 in 3", 7, "syntax", null], ["m0 in ()", 8, "syntax", null],
    ["m0 in (3,)", 10, "syntax", null], ["m0 between 3", 13, "syntax", null], ["m0 not = 3", 8, "syntax", null],
    ["name = \"x", 8, "syntax", null], ["m0 ! 3", 4, "syntax", null], ["m0 = 3; DROP TABLE run", 7, "syntax", null],
    ["not", 4, "syntax", null], [`${"(".repeat(40)}m0 = 3`, 34, "too_deep", null],
    [`${"not ".repeat(40)}m0 = 3`, 133, "too_deep", null],
    [Array(65).fill("m0 = 3").join(" or "), 641, "too_long", null],
    [`m0 in (${Array(513).fill("3")})`, 1032, "too_long", null],
    ["x".repeat(4097), 0, "too_long", null],
  ];
  for (const [filter, column, code, suggestion] of wrong) {
    const r = await server.request(`/v1/runs?${query(filter)}`);
    assert.equal(r.status, 400, `${filter}: ${r.text.slice(0, 300)}`);
    const [error] = r.json().errors;
    assert.deepEqual([error.parameter, error.column ?? 0, error.code, error.suggestion],
      ["filter", column, code, suggestion], `${filter.slice(0, 80)}: ${r.text.slice(0, 300)}`);
  }
  for (const [sort, column, code] of [["m9", 1, "unknown_field"], ["-m0,,seed", 5, "unknown_field"],
    ["tag", 1, "not_sortable"], ["m0,-m0", 4, "duplicate"], ["m0,", 4, "unknown_field"],
    ["id,job,cell,seed,m0", 18, "too_long"]]) {
    const [error] = (await server.request(`/v1/runs?${query("", { sort })}`)).json().errors;
    assert.deepEqual([error.parameter, error.column, error.code], ["sort", column, code], sort);
  }
  for (const bad of ["/v1/jobs?filter=m0+%3D+3", "/v1/jobs?sort=m0", "/v1/jobs?sort=spec.stop.m0",
    "/v1/runs?filter=%ff", "/v1/export?filter=x", "/v1/runs?filter=name%3D%22%ff%22"]) {
    assert.equal((await server.request(bad)).status, 400, bad);
  }
});

test("a cursor belongs to its question, and stays right while rows are added", async (t) => {
  const server = await startServer(t);
  const tiny = spec(short, { stop: { accuracy: null, samples: 20 }, seeds: 40 });
  await server.done((await server.submit(tiny)).id);
  const at = (sort, cursor, filter = "state != held") =>
    `/v1/runs?${query(filter, { limit: 7, sort, ...cursor && { cursor } })}`;
  const { next_cursor: one } = await server.get(at("-m0,seed"));
  for (const other of [at("m0,seed", one), at("-m0", one), at("-m0,seed", one, "state != dead"),
    `${at("-m0,seed", one)}&state=succeeded`, `${at("-m0,seed", one)}&job=1`,
    `/v1/jobs?cursor=${one}`, at("-m0,seed", `${one}0`), at("-m0,seed", one.slice(0, -1)),
    at("-m0,seed", "7"), at("-m0,seed", ".".repeat(9)), at("-m0,seed", `${one}.m`)]) {
    const r = await server.request(other);
    assert.ok(r.status === 400 || other.endsWith(one.slice(0, -1)), `${other}: ${r.status}`);
    if (r.status === 400) assert.equal(r.json().errors[0].parameter, "cursor");
  }
  for (const sort of ["-m0,seed", "seed,-id", "-created", "finished", "name,-test_accuracy", ""]) {
    const before = ids(await server.all(`/v1/runs?limit=500`));
    const seen = [];
    for (let cursor = null; cursor !== undefined;) {
      const page = await server.get(at(sort, cursor));
      seen.push(...ids(page.items));
      cursor = page.next_cursor ?? undefined;
      if (cursor && seen.length < 30) {
        await server.done((await server.submit({ ...tiny, seeds: 3 })).id);
      }
    }
    assert.equal(new Set(seen).size, seen.length, `${sort}: no run twice`);
    assert.deepEqual(before.filter((id) => !seen.includes(id)), [], `${sort}: none left out`);
  }
});

test("the trash, and jobs that are extended or changed", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(spec(short, { tags: ["x"], sweep: { "/network/hidden/0": [5] } }));
  await server.submit(spec(short, { tags: ["y"] }));
  await server.done(2);
  await server.order("/v1/jobs/1/extend", { sweep: { "/network/hidden/0": [17] } });
  await server.done(1);
  const runs = (filter, more) => found(server, "runs", filter, more);
  const jobs = (filter, more) => found(server, "jobs", filter, more);
  const [, more] = ids((await server.get("/v1/runs?job=1")).items);
  assert.deepEqual(await runs("spec.network.hidden.0 = 17"), [more]);
  assert.deepEqual(await runs("spec.network.hidden.0 = 5"), [1]);
  assert.deepEqual(await jobs("spec.network.hidden.0 = 17"), [1]);
  await server.order("/v1/jobs/1", { tags: ["z"], name: "new" }, "PATCH");
  assert.deepEqual([await runs("tag = x"), await runs("tag = z"), await jobs("name = new")],
    [[], [1, more], [1]]);
  await server.request(`/v1/jobs/${job.id}`, { method: "DELETE" });
  assert.deepEqual([await runs("tag = z"), await jobs("tag = z"), await jobs("tag = z", { trash: 1 }),
    await runs("spec.network.hidden.0 >= 5", { job: 1 })], [[], [], [1], [1, more]]);
  assert.deepEqual(await jobs("tag = y", { trash: 1 }), []);
  await server.request(`/v1/jobs/${job.id}?purge=1`, { method: "DELETE" });
  await until(async () => (await runs("", { job: 1 })).length === 0, "the purge");
  assert.deepEqual(await runs(""), [2]);
});

// The published JSON Schema of job specs and the server say the same of any spec. Specs are made at
// random from the table of fields (GET /v1/spec), whole and damaged; FRUGAL_SEED repeats a run of
// the test, FRUGAL_SPECS is how many specs of each kind.
import assert from "node:assert/strict";
import test from "node:test";
import Ajv from "ajv/dist/2020.js";
import fc from "fast-check";
import { startServer } from "../lib/server.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? Date.now() % 1e9);
const numRuns = Number(process.env.FRUGAL_SPECS ?? 300);
const SECTIONS = ["compete", "subnet", "mask", "cache"].map((name) => `/plasticity/${name}`);

/* Errors that a schema cannot foresee: [code, where]. They are told in its description. */
const BEYOND = [
  ["wrong_length", /./], ["exclusive", /./], ["no_end", /^\/stop$/],
  ["senseless", /\/scope$/], ["too_many_runs", /^\/sweep$/], ["no_such_entry", /./],
  ["unknown_dataset", /./], ["too_large", /./], ["too_many_rows", /./],
  ["required", /^(\/sweep\/.*)?\/plasticity\/\w+$|^\/sweep\//],
  ["out_of_range", /\/(subnet\/units|compete\/count)\/\d+$/],
];

/* --- values that a field takes by itself ------------------------------------------------ */

/* JavaScript writes what is below 1e21 without an exponent, Jansson takes such only below 2^63. */
const within = ({ min, max, above_min: above }) => fc.double({ min, max, noNaN: true,
  noDefaultInfinity: true, minExcluded: above })
  .filter((x) => Math.abs(x) < 2 ** 63 || Math.abs(x) >= 1e21).map((x) => (Object.is(x, -0) ? 0 : x));
const whole = ({ min, max }) => fc.oneof(fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }),
  fc.constantFrom(min, Math.min(max, 2 ** 53 - 1)));
const number = (field) => (/integer|units/.test(field.type) ? whole(field)
  : fc.oneof(within(field), fc.constantFrom(field.max)));
const words = (min, max) => fc.string({ unit: "grapheme", minLength: min, maxLength: 20 })
  .filter((s) => [...s].length <= max && [...s].length >= min && s.isWellFormed?.() !== false
    && !s.includes("\0"));

/* Per hidden layer of the network that has so many, or per layer of synapses. */
function list(field, hidden) {
  const n = field.per === "hidden layer" ? hidden : hidden + 1;
  return fc.oneof(number(field), fc.array(number(field), { minLength: n, maxLength: n }));
}

function valueOf(field, hidden) {
  const kinds = {
    text: () => words(field.min, field.max),
    tags: () => fc.array(words(1, 64), { maxLength: 32 }),
    flag: () => fc.boolean(),
    choice: () => fc.constantFrom(...field.choices),
    integer: () => number(field), number: () => number(field),
    units: () => fc.array(fc.integer({ min: 1, max: 300 }), { minLength: hidden, maxLength: hidden }),
    integers: () => list(field, hidden), numbers: () => list(field, hidden),
    exponents: () => fc.uniqueArray(within(field).filter((x) => x !== 1), { maxLength: 4 }),
    gate: () => fc.oneof(fc.constant("wrong"), within(field)),
    redraw: () => fc.oneof(fc.constantFrom("never", "sample", "class"),
      fc.record({ cycle: fc.integer({ min: 1, max: 1000 }) })),
    seeds: () => fc.oneof(fc.integer({ min: 1, max: 20 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 53 - 1 }), { minLength: 1, maxLength: 5 })),
    sweep: () => fc.constant({}),
  };
  const value = kinds[field.type]();
  return field.nullable ? fc.option(value, { freq: 6 }) : value;
}

/* --- whole specs, which keep the rules that go over several fields ----------------------- */

const PLAIN = { "/dataset": "tiny", "/evaluate/every": 1e6, "/stop/samples": 1000 };

function put(spec, pointer, value) {
  const keys = pointer.split("/").slice(1);
  const last = keys.pop();
  let at = spec;
  for (const key of keys) at = at[key] ??= {};
  at[last] = value;
}

function get(spec, pointer) {
  return pointer.split("/").slice(1).reduce((at, key) => at?.[key], spec);
}

/* Makes a spec of any values keep the rules. */
function settle(spec, hidden) {
  for (const [pointer, value] of Object.entries(PLAIN)) put(spec, pointer, value);
  if (get(spec, "/network/hidden") === undefined) put(spec, "/network/hidden", Array(hidden).fill(50));
  const { plasticity = {} } = spec;
  const { compete, subnet, mask, cache } = plasticity;
  if (compete) {
    if (compete.count != null) delete compete.fraction;
    if (compete.count != null) compete.count = 1;
    if (compete.by !== "update" && compete.by !== "weight") delete compete.scope;
    if (compete.count == null && compete.fraction == null) compete.fraction = 0.5;
  }
  if (subnet) {
    if (subnet.units != null) delete subnet.fraction;
    if (subnet.units != null) subnet.units = 1;
    if (subnet.units == null && subnet.fraction == null) subnet.fraction = 0.5;
  }
  if (mask && mask.fraction == null) mask.fraction = 0.5;
  if (cache && cache.threshold == null) cache.threshold = 0.1;
  return spec;
}

/* Axes of a sweep, with values that each fit alone and in every combination. */
const AXES = {
  "/training/learning_rate": [0.1, 0.2], "/network/loss": ["mse", "cross_entropy"],
  "/network/hidden/0": [3, 7], "/training/l2": [0, 0.5], "/evaluate/every": [1000000],
  "/plasticity/gate": ["wrong", null, 3], "/energy": [{}, { exponents: [2] }],
  "/plasticity/cache": [null, { threshold: 1 }], "/stop/accuracy": [null, 1],
};

function specs(fields) {
  return fc.integer({ min: 1, max: 4 }).chain((hidden) => {
    const some = fields.map((f) => fc.option(valueOf(f, hidden).map((value) => [f.pointer, value]),
      { freq: 2 }));
    return fc.record({ members: fc.tuple(...some),
      axes: fc.subarray(Object.keys(AXES), { maxLength: 4 }) }).map(({ members, axes }) => {
      const spec = {};
      for (const member of members.filter(Boolean)) put(spec, ...member);
      if (axes.length > 0) spec.sweep = Object.fromEntries(axes.map((at) => [at, AXES[at]]));
      if (Array.isArray(spec.seeds) || spec.seeds > 3) spec.seeds = [4, 2];
      return settle(spec, hidden);
    });
  });
}

/* --- damage ------------------------------------------------------------------------------ */

const ODD = fc.oneof(fc.constantFrom(null, true, false, 0, 1, -1, 0.5, 1.5, 1e300, -1e-300, "", "x",
  "wrong", "mse", "layer", [], {}, [0], [1], [0.5], [1, 1], [null], ["x"], { cycle: 0 },
  { cycle: 3 }, { cycle: 3, x: 1 }, { fraction: 0.5 }, 101, 1001, 10001, 2 ** 53, 100001,
  "y".repeat(65), "z".repeat(201), Array(18).fill(1), Array(17).fill(1), Array(33).fill("t"),
  [{}], [[0.5]], [0, 0.25], [2, 2.5]),
fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }),
fc.string(), fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { maxLength: 5 }))
  .map((x) => JSON.parse(JSON.stringify(x)))
  .filter((x) => !JSON.stringify(x).includes("\\u0000") && !/\\ud[89a-f]/.test(JSON.stringify(x))
    && !/^-?\d{16,}$/.test(JSON.stringify(x)));

const SPOTS = ["/network", "/training", "/plasticity", ...SECTIONS, "/energy", "/record",
  "/evaluate", "/stop"];
const UNKNOWN = ["/x", "/network/x", "/stop/x", "/plasticity/compete/x", "/plasticity/x"];
const NO_AXES = ["/network/hidden/0", "/network/hidden/00", "/network/hidden/x", "/nothing", "",
  "/training/learning_rate/1", "/plasticity/compete/fraction/0", "/stop/m0/0"];

function sweep(spec, axis, values) {
  if (typeof spec.sweep !== "object" || spec.sweep === null) spec.sweep = {};
  spec.sweep[axis] = values;
}

/* One change: a function of the spec. */
function damage(fields) {
  const pointers = fields.map(({ pointer }) => pointer);
  const fitting = fc.tuple(fc.constantFrom(...fields), fc.integer({ min: 1, max: 4 }))
    .chain(([field, hidden]) => valueOf(field, hidden).map((value) => [field.pointer, value]));
  const odd = (...spots) => fc.tuple(fc.constantFrom(...spots), ODD);
  const axes = [...pointers, ...SPOTS, ...NO_AXES];
  const as = (arbitrary, change, weight) => ({ weight,
    arbitrary: arbitrary.map(([at, value]) => (spec) => change(spec, at, value)) });
  return fc.oneof(as(fitting, put, 5), as(odd(...pointers, ...SPOTS, ...UNKNOWN), put, 3),
    as(odd(...axes), (spec, at, value) => sweep(spec, at, [value]), 1),
    as(odd(...axes), sweep, 1),
    as(fitting, (spec, at, value) => sweep(spec, at, [value]), 2));
}

function damaged(fields) {
  return fc.tuple(specs(fields), fc.array(damage(fields), { minLength: 1, maxLength: 2 }))
    .map(([whole_, changes]) => {
      const spec = structuredClone(whole_);
      for (const change of changes) {
        try {
          change(spec);
        } catch { /* a member of something that is no object any more */ }
      }
      return spec;
    });
}

/* --- the two verdicts ---------------------------------------------------------------------- */

async function prepare(t) {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const server = await startServer(t);
  const schema = await server.get("/v1/spec/schema");
  const fits = new Ajv({ strict: false }).compile(schema);
  const { fields } = await server.get("/v1/spec");
  const verdict = async (spec) => {
    const r = await server.post(spec, { query: "?dry_run=1" });
    assert.ok([200, 422].includes(r.status), `${r.status} ${r.text}`);
    return r.status === 200 ? [] : r.json().errors;
  };
  return { fields, fits, verdict };
}

const isBeyond = ({ code, pointer }) =>
  BEYOND.some(([known, where]) => known === code && where.test(pointer));

test("specs that are whole are taken by both", async (t) => {
  const { fields, fits, verdict } = await prepare(t);
  await fc.assert(fc.asyncProperty(specs(fields), async (spec) => {
    assert.ok(fits(spec), `the schema refuses: ${JSON.stringify(fits.errors?.[0])}`);
    const errors = await verdict(spec);
    assert.deepEqual(errors.filter(({ code }) => code !== "too_large"), []);
  }), { seed, numRuns });
});

test("specs that are damaged get the same verdict from both", async (t) => {
  const { fields, fits, verdict } = await prepare(t);
  const count = { taken: 0, refused: 0, beyond: 0 };
  await fc.assert(fc.asyncProperty(damaged(fields), async (spec) => {
    const good = fits(spec);
    const errors = await verdict(spec);
    if (good) {
      assert.deepEqual(errors.filter((error) => !isBeyond(error)), [], "only the server refuses");
      count[errors.length > 0 ? "beyond" : "taken"] += 1;
    } else {
      assert.ok(errors.length > 0, `only the schema refuses: ${JSON.stringify(fits.errors)}`);
      count.refused += 1;
    }
  }), { seed, numRuns: numRuns * 4 });
  t.diagnostic(JSON.stringify(count));
  for (const n of Object.values(count)) assert.ok(n > numRuns / 20, JSON.stringify(count));
});

test("rules that the schema cannot say are listed in its description", async (t) => {
  const { description } = await (await startServer(t)).get("/v1/spec/schema");
  for (const [code] of BEYOND) assert.ok(description.includes(`\`${code}\``), code);
});

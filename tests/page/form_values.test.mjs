// What people type into the form and the JSON that it stands for, without a browser.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { axisText, axisValues, textOf, valueOf } from "../../web/form_values.js";
import { at, pretty, put, trimmed } from "../../web/spec_tree.js";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((n) => n + 0); // -0 is written 0
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,9}$/).filter((text) =>
  !["none", "true", "false", "null"].includes(text));
const VALUES = {
  text: fc.string({ minLength: 1 }), tags: fc.array(word, { minLength: 1 }), choice: word,
  integer: fc.integer(), number, units: fc.array(fc.nat(), { minLength: 1 }),
  integers: fc.oneof(fc.nat(), fc.array(fc.nat(), { minLength: 1 })),
  numbers: fc.oneof(number, fc.array(number, { minLength: 1 })),
  exponents: fc.array(number, { minLength: 1 }),
  gate: fc.oneof(fc.constant("wrong"), number),
  redraw: fc.oneof(fc.constantFrom("never", "sample", "class"), fc.record({ cycle: fc.nat() })),
  seeds: fc.oneof(fc.nat(), fc.array(fc.nat(), { minLength: 1 })),
};
const json = fc.oneof(number, word, fc.boolean(), fc.constant(null), fc.array(number),
  fc.dictionary(word, fc.oneof(number, word)));

for (const [type, values] of Object.entries(VALUES)) {
  test(`${type}: what is shown means what it shows`, () => fc.assert(fc.property(values, (value) => {
    const field = { type, nullable: true };
    assert.deepEqual(valueOf(field, textOf(field, value)), value);
  })));
}

test("none and nothing are different", () => {
  const field = { type: "number", nullable: true };
  assert.equal(valueOf(field, "none"), null);
  assert.equal(valueOf(field, " "), undefined);
  assert.equal(textOf(field, null), "none");
  assert.equal(valueOf({ type: "number", nullable: false }, "none"), "none");
  assert.equal(valueOf(field, "1e3"), 1000);
  assert.equal(valueOf(field, "much"), "much", "for the server to refuse");
});

test("the values of an axis", () => {
  fc.assert(fc.property(fc.array(json), (values) => {
    assert.deepEqual(axisValues(axisText(values)), values);
  }));
  assert.deepEqual(axisValues('10, 20,, [0.1, [1]], layer , {"a": [1, 2]}, "a, b", null'),
    [10, 20, [0.1, [1]], "layer", { a: [1, 2] }, "a, b", null]);
});

test("pretty JSON is the same JSON", () => fc.assert(fc.property(fc.jsonValue(), (value) => {
  assert.deepEqual(JSON.parse(pretty(value)), JSON.parse(JSON.stringify(value)));
})));

test("values are put where pointers say, and sections that are empty go", () => {
  const given = put(put({ dataset: "a" }, "/network/hidden", [3]), "/network/bias", false);
  assert.deepEqual(given, { dataset: "a", network: { hidden: [3], bias: false } });
  assert.equal(at(given, "/network/hidden/0"), 3);
  assert.equal(at(given, "/nothing/there"), undefined);
  assert.deepEqual(put(put(given, "/network/bias", undefined), "/network/hidden", undefined),
    { dataset: "a" });
  assert.deepEqual(put({ "a/b": { "~": 1 } }, "/a~1b/~0", 2), { "a/b": { "~": 2 } });
});

test("a spec without its defaults means the same", async (t) => {
  const server = await startServer(t);
  const { fields } = await server.get("/v1/spec");
  for (const more of [{}, { plasticity: { mask: { fraction: 0.5, redraw: { cycle: 3 } } } },
    { plasticity: { cache: { threshold: 1, decay: 0.5 }, gate: 2 }, seeds: [3, 4], stop: { epochs: null,
      samples: 70 } }, { sweep: { "/plasticity": [{}, { gate: "wrong" }] }, tags: ["a"] }]) {
    const plan = async (document) => {
      const r = await server.post(document, { query: "?dry_run=1" });
      assert.equal(r.status, 200, r.text);
      return r.json().spec;
    };
    const full = await plan(spec(short, more));
    const small = trimmed(full, fields);
    assert.deepEqual(await plan(small), full);
    assert.ok(Object.keys(small).length <= Object.keys(spec(short, more)).length, pretty(small));
  }
});

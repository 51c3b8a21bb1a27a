// A job spec as plain JSON: reading and changing it at JSON pointers, and writing it down.

const INLINE = 60; // lists and objects up to so many characters stay on one line

/* The value at a pointer; undefined: there is none. */
export function at(spec, pointer) {
  return keysOf(pointer).reduce((value, key) => value?.[key], spec);
}

/* The spec with that value at the pointer, and none there for undefined. Sections that this
   leaves empty go too. */
export function put(spec, pointer, value) {
  return putKeys(spec, keysOf(pointer), value) ?? {};
}

function putKeys(section, [key, ...rest], value) {
  const known = section !== null && typeof section === "object" && !Array.isArray(section);
  const { [key]: old, ...others } = known ? section : {};
  const fresh = rest.length > 0 ? putKeys(old, rest, value) : value;
  if (fresh === undefined) return Object.keys(others).length > 0 ? others : undefined;
  return known && key in section ? { ...section, [key]: fresh } : { ...others, [key]: fresh };
}

function keysOf(pointer) {
  return pointer.split("/").slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function escaped(key) {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

export function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/* A spec without what the defaults say anyway, as people write it. */
export function trimmed(spec, fields) {
  let short = spec;
  for (const { pointer, default: standard, required } of fields) {
    const value = at(short, pointer);
    if (value !== undefined && !required && same(value, standard)) {
      short = put(short, pointer, undefined);
    }
  }
  const { seeds } = short;
  const counted = Array.isArray(seeds) && seeds.every((seed, i) => seed === i + 1);
  return withoutNothing(counted ? put(short, "/seeds", seeds.length) : short);
}

/* Rules that are off are null in full specs. */
function withoutNothing(spec) {
  const rules = Object.entries(spec.plasticity ?? {}).filter(([, rule]) => rule !== null);
  return put(spec, "/plasticity", rules.length > 0 ? Object.fromEntries(rules) : undefined);
}

/* JSON with short lists and objects on one line. */
export function pretty(value, indent = "") {
  const flat = spaced(value);
  const plain = value === null || typeof value !== "object";
  if (plain || (indent !== "" && flat.length <= INLINE)) return flat;
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const lines = Object.entries(value).map(([key, member]) =>
    `${inner}${list ? "" : `${JSON.stringify(key)}: `}${pretty(member, inner)}`);
  if (lines.length === 0) return flat;
  return `${list ? "[" : "{"}\n${lines.join(",\n")}\n${indent}${list ? "]" : "}"}`;
}

function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) =>
    `${JSON.stringify(key)}: ${spaced(member)}`);
  return members.length > 0 ? `{${members.join(", ")}}` : "{}";
}

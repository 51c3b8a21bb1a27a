// Cells and their parameters: what a sweep varies, as people read it.

/* "/network/hidden/0" -> "hidden.0"; a pointer of one part stays as it is */
export function paramName(pointer) {
  const parts = pointer.split("/").slice(1);
  return (parts.length > 1 ? parts.slice(1) : parts).join(".");
}

/* Sections read "compete fraction (0.1, 1)"; one with nothing in it is "plain". */
export function paramValue(value) {
  if (Array.isArray(value)) return `(${value.map(paramValue).join(", ")})`;
  if (value === null || value === undefined) return "none";
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([key, part]) => `${key} ${paramValue(part)}`)
    .join(", ") || "plain";
}

/* "hidden.0 = 100, compete.fraction = (0.1, 1)"; empty without a sweep */
export function paramText(params) {
  return Object.entries(params ?? {})
    .map(([pointer, value]) => `${paramName(pointer)} = ${paramValue(value)}`)
    .join(", ");
}

/* The pointers that occur, in the order of their first appearance. */
export function pointersOf(things) {
  return [...new Set(things.flatMap((thing) => Object.keys(thing.params ?? {})))];
}

/* The spec of a cell: that of its job, with what is swept at its place. */
export function withParams(spec, params) {
  const whole = structuredClone(spec);
  for (const [pointer, value] of Object.entries(params ?? {})) set(whole, pointer, value);
  return whole;
}

function set(thing, pointer, value) {
  const keys = pointer.split("/").slice(1);
  const last = keys.pop();
  let place = thing;
  for (const key of keys) {
    if (typeof place[key] !== "object" || place[key] === null) place[key] = {};
    place = place[key];
  }
  place[last] = value;
}

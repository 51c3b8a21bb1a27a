// Which cells a comparison has, from the text in the URL, and where their specs differ.

import { paramValue, withParams } from "./params.js";

const OTHER = ["/name", "/tags", "/note", "/seeds", "/sweep", "/priority", "/parallel", "/reuse"];

/* "7,8:0,8:2" -> [{job: 7, cells: null}, {job: 8, cells: [0, 2]}]; a job alone is all of its
   cells. What makes no sense is in `wrong`. */
export function picksOf(text) {
  const picks = new Map();
  const wrong = [];
  for (const part of (text ?? "").split(/[\s,]+/).filter(Boolean)) {
    const [, job, cell] = /^(\d{1,15})(?::(\d{1,9}))?$/.exec(part) ?? [];
    if (!job || Number(job) === 0) {
      wrong.push(part);
      continue;
    }
    const known = picks.get(Number(job)) ?? { job: Number(job), cells: [] };
    if (cell === undefined) known.cells = null;
    else if (known.cells && !known.cells.includes(Number(cell))) known.cells.push(Number(cell));
    picks.set(Number(job), known);
  }
  return { picks: [...picks.values()], wrong };
}

/* The cells with `values` of all in which their specs differ, and nothing else. */
export function differing(cells, jobs) {
  const specs = cells.map((cell) => leavesOf(jobs.get(cell.job)?.spec ?? {}, cell.params ?? {}));
  const pointers = [...new Set(specs.flatMap((spec) => [...spec.keys()]))];
  const differ = pointers.filter((pointer) =>
    new Set(specs.map((spec) => paramValue(spec.get(pointer)))).size > 1);
  return cells.map((cell, i) => ({ ...cell, values: Object.fromEntries(
    differ.map((pointer) => [pointer, specs[i].get(pointer) ?? null])) }));
}

/* Pointers and values of a cell's spec; lists are values, or their entries where one is swept. */
function leavesOf(spec, params) {
  const whole = withParams(spec, params);
  const leaves = new Map();
  walk(whole, "", leaves);
  for (const pointer of OTHER) leaves.delete(pointer);
  return leaves;
}

function walk(thing, pointer, leaves) {
  if (OTHER.includes(pointer)) return;
  if (typeof thing !== "object" || thing === null || Array.isArray(thing)) {
    const single = Array.isArray(thing) && thing.length === 1 ? thing[0] : thing;
    leaves.set(pointer, single);
    return;
  }
  for (const [key, part] of Object.entries(thing)) walk(part, `${pointer}/${key}`, leaves);
}

// Filters as trees: their text, and what they mean, evaluated without any cleverness.

/* Numbers from 0 to below 1, the same for the same seed. */
export function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = a + 0x6d2b79f5 >>> 0;
    let t = Math.imul(a ^ a >>> 15, 1 | a);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/* The value of a spec at a path; one number in the place of a list stands for every layer. */
export function specValue(spec, path) {
  let value = spec;
  for (const key of path.split(".")) {
    if (value === null || value === undefined) return null;
    const isEntry = /^\d+$/.test(key);
    if (isEntry && typeof value === "number") {
      const hidden = spec.network.hidden.length;
      const entries = path.startsWith("plasticity.subnet") ? hidden : hidden + 1;
      value = Number(key) < entries ? value : null;
    } else if (typeof value !== "object") {
      return null;
    } else {
      value = value[key];
    }
  }
  if (typeof value === "boolean") return String(value);
  return value === undefined || typeof value === "object" ? null : value;
}

function put(document, pointer, value) {
  const keys = pointer.split("/").slice(1);
  const last = keys.pop();
  keys.reduce((at, key) => at[key], document)[last] = value;
}

/* The spec of a run with all its defaults, from the server's own reading of it. */
async function specOf(server, job, run) {
  const { sweep: _, ...spec } = structuredClone(job.spec);
  spec.seeds = [1];
  const pointers = Object.keys(run.params).sort((a, b) =>
    a.split("/").length - b.split("/").length);
  for (const pointer of pointers) put(spec, pointer, run.params[pointer]);
  const r = await server.post(spec, { query: "?dry_run=1" });
  if (r.status !== 200) throw new Error(r.text);
  return r.json().spec;
}

/* All runs and jobs, each with what filters can ask for: row.value(field) is a list of values,
   of which one has to fulfil a comparison. */
export async function everything(server) {
  const jobs = await Promise.all((await server.all("/v1/jobs?limit=500"))
    .map(({ id }) => server.get(`/v1/jobs/${id}`)));
  const runs = await server.all("/v1/runs?limit=500");
  const cells = new Map();
  for (const run of runs) {
    const key = `${run.job}/${run.cell}`;
    if (!cells.has(key)) {
      cells.set(key, await specOf(server, jobs.find(({ id }) => id === run.job), run));
    }
  }
  const specs = (job) => [...cells].filter(([key]) => key.startsWith(`${job}/`))
    .map(([, spec]) => spec);
  return {
    runs: runs.map((run) => runRow(run, jobs.find(({ id }) => id === run.job),
      cells.get(`${run.job}/${run.cell}`))),
    jobs: jobs.map((job) => jobRow(job, specs(job.id))),
  };
}

const time = (text) => text === null ? null : Date.parse(text);

function runRow(run, job, spec) {
  const plain = { id: run.id, job: run.job, cell: run.cell, seed: run.seed, state: run.state,
    outcome: run.outcome, attempts: run.attempts, name: job.name, owner: job.owner,
    priority: job.priority, created: time(run.created), started: time(run.started),
    finished: time(run.finished), dataset: run.dataset, ...run.results };
  return { id: run.id, value: (field) => {
    if (field === "tag") return job.tags;
    if (field.startsWith("spec.")) return [specValue(spec, field.slice(5))];
    return [plain[field] ?? null];
  } };
}

function jobRow(job, specs) {
  const plain = { id: job.id, job: job.id, state: job.state, name: job.name, owner: job.owner,
    priority: job.priority, created: time(job.created), started: time(job.started),
    finished: time(job.finished) };
  return { id: job.id, value: (field) => {
    if (field === "tag") return job.tags;
    if (field === "dataset") return specs.map((spec) => spec.dataset);
    if (field.startsWith("spec.")) return specs.map((spec) => specValue(spec, field.slice(5)));
    return [plain[field] ?? null];
  } };
}

const lower = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

const OPERATORS = {
  "=": (x, [v]) => x === v,
  "<": (x, [v]) => x < v,
  "<=": (x, [v]) => x <= v,
  ">": (x, [v]) => x > v,
  ">=": (x, [v]) => x >= v,
  "~": (x, [v]) => lower(x).includes(lower(v)),
  in: (x, values) => values.includes(x),
  between: (x, [low, high]) => x >= low && x <= high,
};

/* A tree is {all: [...]}, {any: [...]}, {not: tree}, or {field, op, values}. */
export function fulfils(row, tree) {
  if (tree.all) return tree.all.every((part) => fulfils(row, part));
  if (tree.any) return tree.any.some((part) => fulfils(row, part));
  if (tree.not) return !fulfils(row, tree.not);
  const { field, op, values } = tree;
  if (op === "!=" || op === "not in") {
    return !fulfils(row, { field, op: op === "!=" ? "=" : "in", values });
  }
  return row.value(field).some((x) => {
    if (values[0] === null) return x === null;
    if (x === null || typeof x !== typeof values[0]) return false;
    return OPERATORS[op](x, values);
  });
}

function word(value, quote) {
  if (value === null || typeof value === "number") return String(value);
  const plain = /^[\w.:+\-/%@]+$/.test(value) && !/^(and|or|not|in|between|null)$/.test(value);
  if (plain && !quote) return value;
  return `"${value.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
}

export function text(tree, quote = false) {
  const part = (t) => t.field || t.not ? text(t, quote) : `(${text(t, quote)})`;
  if (tree.all) return tree.all.map(part).join(" and ");
  if (tree.any) return tree.any.map(part).join(" or ");
  if (tree.not) return `not ${part(tree.not)}`;
  const { field, op, values } = tree;
  const words = values.map((value) => word(value, quote && typeof value === "string"));
  if (op === "between") return `${field} between ${words.join(" and ")}`;
  return op.endsWith("in") ? `${field} ${op} (${words.join(", ")})` : `${field} ${op} ${words[0]}`;
}

/* Rows without a value last, equal ones by id in the direction of the last key. */
export function sorted(rows, keys) {
  const order = keys.map((key) => ({ field: key.replace(/^-/, ""), down: key[0] === "-" }));
  const idDown = order.length > 0 && order.at(-1).down;
  const compare = (a, b, down) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
  return [...rows].sort((a, b) => {
    for (const { field, down } of order) {
      const [x, y] = [a.value(field)[0], b.value(field)[0]];
      if (x === y) continue;
      if (x === null || y === null) return x === null ? 1 : -1;
      if (typeof x !== typeof y) return (typeof x === "number" ? -1 : 1) * (down ? -1 : 1);
      return compare(x, y, down);
    }
    return compare(a.id, b.id, idDown);
  });
}

export function query(filter, more = {}) {
  return new URLSearchParams({ filter, ...more }).toString();
}


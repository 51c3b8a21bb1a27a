// The traces of runs for a chart: a bounded number of points each, that grow at the end. What
// has become too long is read anew, reduced by the server to the least and the greatest values
// over stretches of x.

const POINTS = 1000;
const MOST = 4000;

export class Traces {
  #runs = new Map();
  #columns;
  #x;

  constructor(columns, x) {
    this.#columns = [...new Set(columns)];
    this.#x = x;
  }

  /* Sequence number of the newest row we have, null for none. */
  last(run) {
    return this.#runs.get(run)?.last ?? null;
  }

  /* {name: values} or null */
  columns(run) {
    return this.#runs.get(run)?.columns ?? null;
  }

  path(run) {
    const last = this.last(run);
    const after = last === null ? "" : `&after=${last}`;
    return `/v1/runs/${run}/trace?columns=${this.#columns.join(",")}&x=${this.#x}` +
      `&points=${POINTS}${after}`;
  }

  /* Appends the rows of an answer that was asked for with after = `asked`. An answer
     that crossed another one is dropped, else rows would stand there twice. False: there is
     too much of it now, and it has to be read from its beginning. */
  append(run, asked, body) {
    if (asked !== this.last(run) || body.last === null) return true;
    const known = this.#runs.get(run)?.columns ??
      Object.fromEntries(this.#columns.map((name) => [name, []]));
    for (const name of this.#columns) extend(known[name], name, body);
    const length = known[this.#columns[0]].length;
    if (length > MOST) {
      this.#runs.delete(run);
      return false;
    }
    this.#runs.set(run, { columns: known, last: body.last });
    return true;
  }
}

function extend(known, name, { columns, reduced }) {
  if (!reduced) {
    for (const value of columns[name] ?? []) known.push(value);
    return;
  }
  const high = columns[`${name}_max`] ?? [];
  (columns[`${name}_min`] ?? []).forEach((low, i) => known.push(...pair(known, low, high[i])));
}

/* Both ends of a stretch, the one that is nearer to what came before first. */
function pair(known, low, high) {
  const before = known.at(-1) ?? low;
  return Math.abs(high - before) < Math.abs(low - before) ? [high, low] : [low, high];
}

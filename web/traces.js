// The traces of the runs on the page: columns that grow at the end, never reread.

export const COLUMNS = ["samples", "test_accuracy", "m0", "m1"];

export class Traces {
  #runs = new Map();

  /* Sequence number of the newest row we have, null for none. */
  last(run) {
    return this.#runs.get(run)?.last ?? null;
  }

  columns(run) {
    return this.#runs.get(run)?.columns ?? null;
  }

  path(run) {
    const last = this.last(run);
    const after = last === null ? "" : `&after=${last}`;
    return `/v1/runs/${run}/trace?columns=${COLUMNS.join(",")}${after}`;
  }

  /* Appends the rows of an answer that was asked for with after = `asked`. An answer
     that crossed another one is dropped, else rows would stand there twice. */
  append(run, asked, body) {
    if (asked !== this.last(run) || body.last === null) return;
    const known = this.#runs.get(run)?.columns ?? emptyColumns();
    for (const name of COLUMNS) {
      for (const value of body.columns[name] ?? []) known[name].push(value);
    }
    this.#runs.set(run, { columns: known, last: body.last });
  }

  clear() {
    this.#runs.clear();
  }
}

function emptyColumns() {
  return Object.fromEntries(COLUMNS.map((name) => [name, []]));
}

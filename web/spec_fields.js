// The fields of a job spec, as the server describes them; read once for the whole page.

import { get } from "./api.js";

const LISTS = ["tags", "units", "integers", "numbers", "exponents", "seeds", "sweep"];

let known = null;
let reading = null;

/* Map of pointers to fields, or null: later() is called when they are there. */
export function specFields(later) {
  reading ??= get("/v1/spec").then(({ fields }) => {
    known = new Map(fields.map((field) => [field.pointer, field]));
  }, () => { reading = null; });
  if (!known) reading.then(() => known && later?.());
  return known;
}

/* Whether lists can be sorted and filtered by what stands at `pointer`: an entry of a list,
   or a field that is none. */
export function isScalar(pointer) {
  const field = known?.get(pointer);
  const list = known?.get(pointer.replace(/\/\d+$/, ""));
  return field ? !LISTS.includes(field.type) : Boolean(list) && LISTS.includes(list.type);
}

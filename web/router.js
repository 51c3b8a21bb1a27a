// The hash holds the whole view state: #/jobs/3?x=m1&zoom=... The server only knows "/".

export function current() {
  return parse(location.hash);
}

/* "#/jobs/3?x=m1" -> {path: "jobs/3", params} */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  return { path: path.replace(/\/+$/, ""), params: new URLSearchParams(query) };
}

/* Parameters that are null or empty are left out: the default needs no mention. */
export function link(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return `#/${path}${text ? `?${text}` : ""}`;
}

/* The parameters of the view that is open, as an object. */
export function here() {
  return Object.fromEntries(current().params);
}

/* A step that "Back" takes back. */
export function go(path, params) {
  location.hash = link(path, params);
}

/* For what changes too often to be a step of "Back", such as the zoom. */
export function replace(path, params) {
  history.replaceState(null, "", link(path, params));
}

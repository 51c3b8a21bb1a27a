// Requests to the server. What goes wrong becomes a Problem with a sentence for people.

import { authorization, logIn } from "./login.js";

const TIMEOUT_MS = 20000;

export class Problem extends Error {
  /* status 0: no answer at all */
  constructor(status, title, detail, errors = []) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.errors = errors;
  }
}

export async function get(path, signal) {
  const headers = { Accept: "application/json" };
  return read(await request(path, { signal, headers }), path, signal);
}

/* POST, PATCH or DELETE, with a body that is JSON: a value, or its text. */
export async function order(method, path, body, { signal, headers } = {}) {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { "Content-Type": "application/json" };
  return read(await request(path, { method, body: text, signal,
    headers: { Accept: "application/json", ...type, ...headers } }), path, signal);
}

async function read(response, path, signal) {
  try {
    return await response.json();
  } catch {
    signal?.throwIfAborted();
    throw new Problem(response.status, "Unreadable answer",
      `The answer to ${path} ended early or is not JSON.`);
  }
}

/* All pages of a list. */
export async function getAll(path, signal) {
  const items = [];
  let cursor = null;
  do {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await get(`${path}${more}`, signal);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

/* Resolves once the headers are there; the body may be a stream without end. Where the
   server wants a token, the person is asked for one. */
export async function request(path, { signal, headers, ...what }) {
  for (;;) {
    const shown = authorization();
    const response = await send(path, signal, { ...what, headers: { ...headers, ...shown } });
    if (response.ok) return response;
    if (response.status !== 401) throw await problemOf(response);
    await logIn(shown.Authorization);
    signal?.throwIfAborted();
  }
}

async function send(path, signal, what) {
  const timer = new AbortController();
  const limit = setTimeout(() => timer.abort(), TIMEOUT_MS);
  const signals = [timer.signal, signal].filter(Boolean);
  try {
    return await fetch(path, { ...what, signal: AbortSignal.any(signals) });
  } catch {
    signal?.throwIfAborted();
    throw new Problem(0, "No answer", "The server does not answer.");
  } finally {
    clearTimeout(limit);
  }
}

async function problemOf(response) {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const body = await response.json();
    return new Problem(response.status, body.title ?? fallback, body.detail, body.errors);
  } catch {
    return new Problem(response.status, fallback, `${fallback}.`);
  }
}

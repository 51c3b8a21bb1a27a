// Follows /v1/events: reconnects with backoff, resumes after the last event seen.

import { Problem, request } from "./api.js";
import { EventParser } from "./sse.js";
import { showLive, showLost } from "./live.js";

const SILENCE_MS = 40000; // the server's heartbeat comes every 15 s
const LONGEST_WAIT_MS = 30000;

/* handlers: opened(resumed), event(type, data), lost(); ends with `signal`.
   A hidden page lets go of its stream: a browser grants six connections per server, so
   six forgotten tabs would block a seventh. */
export async function follow(path, signal, handlers) {
  const state = { path, last: null, wait: 3000, failures: 0, handlers };
  while (!signal.aborted) {
    await visible(signal);
    const stop = new AbortController();
    const release = abortWith(stop, signal);
    try {
      await listen(state, stop);
    } catch (problem) {
      if (!signal.aborted && !document.hidden) lost(state, problem);
    } finally {
      release();
    }
    if (!signal.aborted && !document.hidden) await pause(backoff(state), signal);
  }
}

function lost(state, problem) {
  state.failures += 1;
  const known = problem instanceof Problem;
  showLost(known ? problem.message : "The connection to the server broke.");
  state.handlers.lost();
}

async function listen(state, stop) {
  const headers = { Accept: "text/event-stream" };
  if (state.last !== null) headers["Last-Event-ID"] = state.last;
  const response = await request(state.path, { signal: stop.signal, headers });
  state.failures = 0;
  showLive();
  state.handlers.opened(state.last !== null);
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const silence = setTimeout(() => stop.abort(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) throw new Error("closed");
    showLive();
    for (const event of parser.push(value)) deliver(state, event);
    state.wait = parser.retry ?? state.wait;
  }
}

function deliver(state, event) {
  if (event.id !== null) state.last = event.id;
  state.handlers.event(event.type, JSON.parse(event.data));
}

/* Doubles with each failure; the random part keeps many pages from coming at once. */
function backoff({ wait, failures }) {
  const longest = Math.min(wait * 2 ** Math.max(0, failures - 1), LONGEST_WAIT_MS);
  return longest * (0.5 + Math.random() / 2);
}

function abortWith(stop, signal) {
  const abort = () => stop.abort();
  const hide = () => document.hidden && stop.abort();
  signal.addEventListener("abort", abort);
  document.addEventListener("visibilitychange", hide);
  return () => {
    signal.removeEventListener("abort", abort);
    document.removeEventListener("visibilitychange", hide);
  };
}

function visible(signal) {
  if (!document.hidden) return Promise.resolve();
  return once(signal, (wake) => {
    document.addEventListener("visibilitychange", wake);
    return () => document.removeEventListener("visibilitychange", wake);
  });
}

function pause(milliseconds, signal) {
  return once(signal, (wake) => {
    const timer = setTimeout(wake, milliseconds);
    window.addEventListener("online", wake);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", wake);
    };
  });
}

/* Resolves at the first wake-up or when `signal` aborts, and tidies up. */
function once(signal, subscribe) {
  return new Promise((resolve) => {
    const wake = () => {
      release();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const release = subscribe(wake);
    signal.addEventListener("abort", wake);
  });
}

// A worker made by hand: what frugald work sends, and whatever else somebody might.
import assert from "node:assert/strict";
import { bearer } from "./accounts.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };
const OCTETS = { "Content-Type": "application/octet-stream" };

/* How an attempt of a network with two layers begins, and how it may end. */
export const START = { stop_samples: 100, columns: "samples epoch train_accuracy test_accuracy " +
  "test_loss m0 m1 m0_direct m1_direct maintenance changed weight_norm", spec_sha256: "5".repeat(64),
data_sha256: Array(4).fill("d".repeat(64)).join(" "), build: "b", core: "c", cpu: "p", host: "h", timed: false };
export const BACK = { kind: "requeue", state: "queued", outcome: null, reason: "enough",
  seconds: 1.5, earlier: 0, changes: null, weights: 0, stays_suspect: false, dataset: null };
export const FINISH = { ...BACK, kind: "finish", state: "succeeded", outcome: "samples",
  reason: null };
export const VERIFIED = { kind: "verified", state: "same", seq: -1, reason: null, seconds: 1 };

/* Row number seq, [seconds, values]. */
export function row(seq, values, seconds = seq) {
  const bytes = Buffer.alloc(24 + 8 * values.length);
  bytes.writeBigInt64LE(BigInt(seq), 0);
  bytes.writeDoubleLE(seconds, 8);
  bytes.writeBigUInt64LE(BigInt(values.length), 16);
  values.forEach((value, i) => bytes.writeDoubleLE(value, 24 + 8 * i));
  return bytes;
}

/* Twelve numbers that a row may have. */
export const values = (seq) => [seq * 10, seq, 0.5, 0.25, 1, seq * 100, seq, 1, 1, 0, 0.5, 2];

/* The core of a server, as it says itself; worker: whoever asks it. */
export async function coreOf(server) {
  const { detail } = (await byHand(server, { core: "nobody's" }).claim()).json();
  return /the server \S+ with core ([0-9a-f]{16}):/.exec(detail)[1];
}

/* {claim(), sign(id), start(id) ...}, which give the replies. */
export function byHand(server, { core, worker = "hand", version = "0", token = null } = {}) {
  const headers = token ? bearer(token) : {};
  const send = (method, what, type = {}, body = undefined) =>
    server.request(`/v1/work/${what}`, { method, body, headers: { ...headers, ...type } });
  const tell = (what, body) => send("POST", what, JSON_TYPE, JSON.stringify(body));
  const of = (id, what = "") => `leases/${id}${what}`;
  return {
    claim: (more = {}) => tell("claims", { worker, host: "here", cpu: "some", version, core, ...more }),
    sign: (id, body = {}) => tell(of(id), body),
    start: (id, more = {}) => tell(of(id, "/start"), { ...START, core, ...more }),
    rows: (id, bytes, query = "?soon=1") => send("PUT", of(id, `/rows${query}`), OCTETS, bytes),
    put: (id, what, bytes) => send("PUT", of(id, `/${what}`), OCTETS, bytes),
    checkpoint: (id) => send("GET", of(id, "/checkpoint")),
    again: (id, query = "") => send("DELETE", of(id, `/checkpoint${query}`)),
    end: (id, body = FINISH) => tell(of(id, "/end"), body),
    dataset: (name, more = {}) => server.request(`/v1/work/dataset?name=${name}`,
      { headers: { ...headers, ...more } }),
    file: (name, file, more = {}) => server.request(`/v1/work/dataset/${file}?name=${name}`,
      { headers: { ...headers, ...more }, raw: true }),
  };
}

/* The lease of the run whose turn it is. */
export async function lease(hand) {
  const reply = await hand.claim();
  assert.equal(reply.status, 200, reply.text);
  assert.ok(reply.json().lease > 0, "nothing is to be done");
  return reply.json();
}

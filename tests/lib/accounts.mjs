// People with tokens.
import assert from "node:assert/strict";
import { runServer } from "./server.mjs";

/* A new token, made on the machine of the server, which may be running. */
export async function token(place, user, ...args) {
  const { code, out, err } = await runServer(["token", "create", user, "--data-dir", place.data,
    ...args], { cwd: place.folder });
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^frg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n$/);
  return out.trim();
}

export function idOf(secret) {
  return secret.slice(4, 12);
}

export function bearer(secret) {
  return { Authorization: `Bearer ${secret}` };
}

/* Wrong tokens are counted by address; here there are as many as somebody could want. */
let hosts = 1;
export function nextAddress() {
  hosts += 1;
  return `127.7.${hosts >> 8}.${hosts & 255}`;
}

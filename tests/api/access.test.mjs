// Who may do what: every route of the table against everybody, then the ways to get around it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { bearer, idOf, nextAddress, token } from "../lib/accounts.mjs";
import { until } from "../lib/cleanup.mjs";
import { exchange } from "../lib/raw.mjs";
import { runServer, startServer, workspace } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };

/* A server that requires tokens, and everybody's: as(who, url, options) asks as one of them,
   or with a token that is given. */
async function withPeople(t, options = {}) {
  const place = workspace(t);
  const people = { anonymous: null };
  people.reader = await token(place, "rita", "--role", "reader");
  people.worker = await token(place, "node", "--role", "worker");
  people.owner = await token(place, "anna", "--name", "laptop");
  people.other = await token(place, "bert");
  people.admin = await token(place, "root", "--role", "admin");
  people.revoked = await token(place, "root", "--role", "admin");
  people.expired = await token(place, "root", "--role", "admin", "--expires", "1");
  await revoke(place, people.revoked);
  execFileSync("python3", ["-c", EXPIRE, path.join(place.data, "frugal.db"),
    idOf(people.expired)]);
  const server = await startServer(t, { place, args: ["--require-tokens"], ...options });
  const as = (who, url, { headers, ...more } = {}) => server.request(url, { ...more,
    headers: { ...headers, ...who in people && !people[who] ? {} : bearer(people[who] ?? who) } });
  const submit = (who, job = short) => as(who, "/v1/jobs", { method: "POST",
    headers: JSON_TYPE, body: JSON.stringify(job) });
  const order = (who, url, body = {}, method = "POST") => as(who, url, { method,
    headers: JSON_TYPE, body: JSON.stringify(body) });
  return { server, people, as, submit, order };
}

const EXPIRE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); " +
  "c.execute('UPDATE token SET expires = created - 1 WHERE id = ?', [sys.argv[2]]); c.commit()";

async function revoke(place, secret) {
  const { code, err } = await runServer(["token", "revoke", idOf(secret), "--data-dir",
    place.data], { cwd: place.folder });
  assert.deepEqual([code, err], [0, ""]);
}

/* What the table says, in other words than the server's. */
function expected({ role, own }, who) {
  if (role === "anybody") return "served";
  if (["anonymous", "revoked", "expired"].includes(who)) return 401;
  if (who === "admin") return "served";
  if (role === "worker") return who === "worker" ? "served" : 403;
  if (role === "admin" || who === "worker") return 403;
  if (role === "reader") return "served";
  if (who === "reader") return 403;
  return own === null || who === "owner" ? "served" : 403;
}

test("every route against everybody", async (t) => {
  const { server, people, as, submit } = await withPeople(t);
  /* job 2 and run 3 are the owner's, and neither run 2 nor job 3 is */
  await submit("other", spec(short, { seeds: 2 }));
  const job = (await submit("owner")).json();
  await submit("other");
  assert.deepEqual([job.id, job.owner], [2, "anna"]);
  const rows = (await as("reader", "/v1")).json().routes;
  assert.ok(rows.length > 35);
  /* an address from which wrong tokens come, faster than they are forgotten */
  const tired = (row, url) => until(async () => {
    await as("frg_wrong", "/v1", { localAddress: "127.0.0.66" });
    return (await as("admin", url, { method: row.method, localAddress: "127.0.0.66" }))
      .status === 429;
  }, `429 from ${row.method} ${row.path}`);
  for (const row of rows) {
    /* an argument that no route has: whoever is let in is told so, and nothing is done */
    const url = row.path.replace("runs/{id}", "runs/3").replace("{id}", "2")
      .replace(/\{(token|user|name)\}/, "anna").replace("{file}", "train_labels")
      .replace("{asset}", "app.js") + "?nonsense=1";
    for (const who of Object.keys(people)) {
      const r = await as(who, url, { method: row.method, localAddress: nextAddress() });
      const got = [401, 403].includes(r.status) ? r.status : "served";
      assert.equal(got, expected(row, who), `${who}: ${row.method} ${row.path}: ${r.text}`);
      if (got === "served") assert.equal(r.status, row.path === "/{asset}" ? 200 : 400);
    }
    if (row.role !== "anybody") await tired(row, url);
  }
  assert.equal((await as("owner", "/v1/jobs/2")).status, 200);
  server.checkEnd(await server.stop());
});

/* A1, A2: what is shown, as headers, and the answer. */
test("what is no token", async (t) => {
  const { server, people } = await withPeople(t);
  const [good, other] = [people.owner, people.other];
  const rows = [
    ["no token", [], 401], ["an empty one", ["Bearer "], 401], ["only the word", ["Bearer"], 401],
    ["another scheme", [`Basic ${Buffer.from(`anna:${good}`).toString("base64")}`], 401],
    ["without the word", [good], 401],
    ["nobody's", [`Bearer frg_00000000_${"A".repeat(43)}`], 401],
    ["a wrong secret", [`Bearer ${good.slice(0, -1)}${good.endsWith("A") ? "B" : "A"}`], 401],
    ["somebody's secret", [`Bearer ${good.slice(0, 13)}${other.slice(13)}`], 401],
    ["cut", [`Bearer ${good.slice(0, -1)}`], 401], ["longer", [`Bearer ${good}A`], 401],
    ["revoked", [`Bearer ${people.revoked}`], 401],
    ["expired", [`Bearer ${people.expired}`], 401],
    ["in the target", [], 401, `?access_token=${good}`],
    ["in the target and right", [`Bearer ${good}`], 401, `?access_token=${good}`],
    ["two", [`Bearer ${good}`, `Bearer ${good}`], 400],
    ["good", [`Bearer ${good}`], 200], ["in small letters", [`bearer ${good}`], 200],
  ];
  const bodies = new Set();
  for (const [what, headers, wanted, query = ""] of rows) {
    const text = [`GET /v1/jobs${query} HTTP/1.1`, "Host: localhost",
      ...headers.map((value) => `Authorization: ${value}`), "Connection: close", "", ""];
    const r = await exchange(server.port, text.join("\r\n"),
      { localAddress: nextAddress() });
    assert.deepEqual(r.heads, [wanted], `${what}: ${r.text}`);
    if (wanted !== 401) continue;
    assert.match(r.text, /\r\nWWW-Authenticate: Bearer realm="frugal"\r\n/);
    bodies.add(r.text.slice(r.text.indexOf("\r\n\r\n")));
  }
  assert.equal(bodies.size, 1, "the same answer, whatever is wrong");
  const long = await server.request("/v1/jobs", { headers: bearer("a".repeat(60000)) })
    .catch(() => ({ status: 431 })); /* the connection may end while it is being sent */
  assert.equal(long.status, 431);
  for (const secret of Object.values(people).filter(Boolean)) {
    assert.ok(!server.log.includes(secret.slice(13)), "a secret in the log");
  }
  assert.ok(server.log.includes(idOf(people.revoked)));
});

test("what is for everybody", async (t) => {
  const { server } = await withPeople(t);
  for (const url of ["/", "/app.js", "/style.css", "/healthz", "/readyz"]) {
    assert.equal((await server.request(url)).status, 200, url);
  }
  assert.equal((await server.request("/nothing")).status, 404);
});

test("ten wrong tokens in a minute are enough, for one address", async (t) => {
  const { server, people } = await withPeople(t);
  const ask = (secret, localAddress) => server.request("/v1/jobs",
    { headers: secret ? bearer(secret) : {}, localAddress });
  for (let i = 0; i < 30; i += 1) {
    assert.equal((await ask(null, "127.0.0.9")).status, 401, "no token is no wrong one");
  }
  let status = 401;
  for (let i = 0; i < 40 && status === 401; i += 1) {
    ({ status } = await ask("frg_wrong", "127.0.0.9"));
    if (i < 10) assert.equal(status, 401);
  }
  const good = await ask(people.owner, "127.0.0.9");
  assert.deepEqual([status, good.status], [429, 429]);
  const wait = Number(good.headers["retry-after"]);
  assert.ok(wait >= 1 && wait <= 6, String(wait));
  assert.equal((await ask(people.owner, "127.0.0.10")).status, 200);
});

/* Through a proxy that is trusted the address of the client counts, not that of the proxy. */
test("wrong tokens through a proxy", async (t) => {
  const { server, people } = await withPeople(t,
    { args: ["--require-tokens", "--trusted-proxy", "127.0.0.1,::1"] });
  const ask = (secret, forwarded, localAddress = "127.0.0.1") => server.request("/v1/jobs",
    { headers: { ...bearer(secret), "X-Forwarded-For": forwarded }, localAddress });
  for (let i = 0; i < 12; i += 1) await ask("frg_wrong", "192.0.2.1, 198.51.100.7");
  assert.equal((await ask(people.owner, "198.51.100.7")).status, 429);
  assert.equal((await ask(people.owner, "198.51.100.7, 192.0.2.1")).status, 200);
  for (let i = 0; i < 12; i += 1) await ask("frg_wrong", `192.0.2.${i + 9}`, "127.0.0.8");
  assert.equal((await ask(people.owner, "192.0.2.99", "127.0.0.8")).status, 429);
});

test("jobs are for their owners to change, and for admins", async (t) => {
  const { as, submit, order, people } = await withPeople(t);
  assert.equal((await submit("reader")).status, 403);
  assert.equal((await submit("owner", spec(endless))).status, 201);
  const orders = [["/v1/jobs/1/cancel"], ["/v1/jobs/1/hold"], ["/v1/jobs/1/release"],
    ["/v1/jobs/1/retry"], ["/v1/jobs/1/extend", { seeds: 5 }], ["/v1/runs/1/verify"],
    ["/v1/jobs/1/restore"], ["/v1/jobs/1", { name: "mine" }, "PATCH"]];
  for (const [url, body, method] of orders) {
    const r = await order("other", url, body, method);
    assert.equal(r.status, 403, url);
    assert.match(r.json().detail, /belongs to somebody else/);
  }
  assert.equal((await as("other", "/v1/jobs/1", { method: "DELETE" })).status, 403);
  assert.equal((await order("other", "/v1/jobs/99/cancel")).status, 404);
  assert.equal((await order("other", "/v1/workers", { draining: true }, "PATCH")).status, 403);
  const job = (await as("reader", "/v1/jobs/1")).json();
  assert.deepEqual([job.name, job.owner, job.runs.total], ["", "anna", 1]);
  assert.equal((await order("owner", "/v1/jobs/1", { name: "mine" }, "PATCH")).status, 200);
  assert.equal((await order("admin", "/v1/jobs/1/cancel")).status, 202);
  const headers = { "Idempotency-Key": "k", ...JSON_TYPE };
  const keyed = (who) => as(who, "/v1/jobs", { method: "POST", headers,
    body: JSON.stringify(short) });
  assert.deepEqual([(await keyed("owner")).json().id, (await keyed("other")).json().id,
    (await keyed("owner")).json().id], [2, 3, 2], "a key belongs to its owner");
  assert.equal(people.anonymous, null);
});

/* A5, A6 */
test("a good token from a page of somebody else", async (t) => {
  const { as } = await withPeople(t);
  const post = (headers) => as("owner", "/v1/jobs", { method: "POST", headers,
    body: JSON.stringify(short) });
  assert.equal((await post({ ...JSON_TYPE, Origin: "http://evil.example" })).status, 403);
  assert.equal((await post({ ...JSON_TYPE, "Sec-Fetch-Site": "cross-site" })).status, 403);
  assert.equal((await post({ "Content-Type": "text/plain" })).status, 415);
  assert.deepEqual((await as("owner", "/v1/jobs")).json().items, []);
});

test("tokens and users over HTTP", async (t) => {
  const { as, order, people } = await withPeople(t);
  const made = await order("admin", "/v1/tokens",
    { user: "carl", name: "cron", expires_days: 30 });
  assert.equal(made.status, 201, made.text);
  const { token: secret, ...shown } = made.json();
  assert.deepEqual([shown.user, shown.role, shown.name, shown.revoked, shown.last_used_day],
    ["carl", "user", "cron", null, null]);
  assert.equal(Date.parse(shown.expires) - Date.parse(shown.created), 30 * 86400000);
  assert.deepEqual((await as(secret, "/v1/me")).json(),
    { user: "carl", role: "user", token: idOf(secret) });
  const listed = async () => (await as("admin", "/v1/tokens")).json().items
    .find(({ id }) => id === idOf(secret));
  const day = await until(async () => (await listed()).last_used_day, "the day of use");
  assert.match(day, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual(await listed(), { ...shown, last_used_day: day }, "and never the secret");

  const users = async () => (await as("admin", "/v1/users")).json().items
    .map(({ name, role, tokens }) => `${name} ${role} ${tokens}`);
  assert.deepEqual(await users(),
    ["anna user 1", "bert user 1", "carl user 1", "node worker 1", "rita reader 1",
      "root admin 2"]);
  const tooMuch = await order("admin", "/v1/tokens", { user: "carl", role: "admin" });
  assert.equal(tooMuch.status, 409);
  assert.equal((await order("admin", "/v1/users/carl", { role: "reader" }, "PATCH")).status, 200);
  assert.equal((await as(secret, "/v1/me")).json().role, "reader", "at once");
  assert.equal((await order("admin", "/v1/users", { name: "dora", role: "admin" })).status, 201);
  assert.equal((await order("admin", "/v1/users", { name: "dora" })).status, 409);
  assert.equal((await order("admin", "/v1/users/nobody", { role: "user" }, "PATCH")).status, 404);
  assert.equal((await order("admin", "/v1/users/carl", {}, "PATCH")).status, 422);

  const revoked = await as("admin", `/v1/tokens/${idOf(secret)}`, { method: "DELETE" });
  assert.equal(revoked.status, 200);
  assert.ok(revoked.json().revoked);
  assert.equal((await as(secret, "/v1/me")).status, 401);
  assert.equal((await as("admin", "/v1/tokens/00000000", { method: "DELETE" })).status, 404);
  assert.equal((await as("admin", "/v1/users/bert", { method: "DELETE" })).status, 200);
  assert.equal((await as("other", "/v1/me")).status, 401);
  assert.equal((await as("admin", "/v1/users/bert", { method: "DELETE" })).status, 404);
  const wrong = [[{}, "/user"], [{ user: "../x" }, "/user"], [{ user: "anonymous" }, "/user"],
    [{ user: "x", role: "king" }, "/role"], [{ user: "x", role: 1 }, "/role"],
    [{ user: "x", expires_days: 0 }, "/expires_days"], [{ user: "x", name: 1 }, "/name"],
    [{ user: "x".repeat(65) }, "/user"], [{}, "/user"], [{ user: "x", name: "y".repeat(101) }, "/name"],
    [{ user: "x", expires_days: 36501 }, "/expires_days"]];
  for (const [body, pointer] of wrong) {
    const r = await order("admin", "/v1/tokens", body);
    assert.deepEqual([r.status, r.json().errors?.[0].pointer], [422, pointer], r.text);
  }
  assert.equal((await order("admin", "/v1/tokens",
    { user: "x".repeat(64), name: "y".repeat(100), expires_days: 36500 })).status, 201);
  assert.equal((await as("admin", `/v1/users/${"x".repeat(65)}`, { method: "DELETE" })).status,
    404);
  assert.ok(people.admin);
});

test("the last admin who has a token stays admin", async (t) => {
  const { as, order } = await withPeople(t);
  const demote = (user) => order("admin", `/v1/users/${user}`, { role: "user" }, "PATCH");
  const remove = (user) => as("admin", `/v1/users/${user}`, { method: "DELETE" });
  assert.equal((await order("admin", "/v1/users", { name: "dora", role: "admin" })).status, 201);
  for (const r of [await demote("root"), await remove("root")]) {
    assert.equal(r.status, 409, "dora has no token");
    assert.match(r.json().detail, /the last admin with a token/);
  }
  assert.equal((await order("admin", "/v1/users/root", { role: "admin" }, "PATCH")).status, 200);
  await order("admin", "/v1/tokens", { user: "dora", role: "user" });
  assert.equal((await demote("root")).status, 409, "nor one that makes her admin");
  await order("admin", "/v1/tokens", { user: "dora" });
  assert.equal((await remove("root")).status, 200);
});

test("a stream of events ends with the token", async (t) => {
  const { server, people, as, submit } = await withPeople(t);
  assert.equal((await Events.open(t, `${server.url}/v1/events`)).status, 401);
  const stream = await Events.open(t, `${server.url}/v1/events`, bearer(people.other));
  await submit("owner");
  await stream.wait(({ type }) => type === "job", "an event");
  await as("admin", `/v1/tokens/${idOf(people.other)}`, { method: "DELETE" });
  await submit("owner");
  await stream.ended();
  assert.ok(stream.events.every(({ data }) => data.job === 1), "nothing after the end");
});

test("a user has eight streams of events", async (t) => {
  const { server, people } = await withPeople(t);
  const open = (who) => Events.open(t, `${server.url}/v1/events`, bearer(people[who]));
  const streams = [];
  for (let i = 0; i < 8; i += 1) streams.push(await open("owner"));
  assert.deepEqual(streams.map(({ status }) => status), Array(8).fill(200));
  const ninth = await open("owner");
  assert.deepEqual([ninth.status, ninth.headers["retry-after"]], [429, "60"]);
  assert.equal((await open("other")).status, 200);
  streams[0].close();
  await until(async () => (await open("owner")).status === 200, "a place", 30000, 200);
});

test("without --require-tokens this machine needs none, but a wrong one is wrong", async (t) => {
  const { server, as, submit } = await withPeople(t, { args: [] });
  assert.deepEqual((await server.get("/v1/me")),
    { user: "anonymous", role: "admin", token: null });
  assert.equal((await submit("owner")).json().owner, "anna");
  assert.equal((await server.submit(short)).owner, "anonymous");
  assert.equal((await as("revoked", "/v1/me")).status, 401);
  assert.equal((await as("reader", "/v1/tokens")).status, 403);
});

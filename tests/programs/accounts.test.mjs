// frugald token, the client with tokens, and who may listen beyond this machine.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { bearer, idOf, token } from "../lib/accounts.mjs";
import { frugal } from "../lib/client.mjs";
import { defer, until } from "../lib/cleanup.mjs";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const host = (place, ...words) => runServer([...words, "--data-dir", place.data],
  { cwd: place.folder });

test("frugald token, without a server and beside one", async (t) => {
  const place = workspace(t);
  const first = await token(place, "anna", "--role", "admin", "--name", "first of all");
  const server = await startServer(t, { place, args: ["--require-tokens"] });
  const second = await token(place, "bert", "--expires", "3");
  for (const [secret, user, role] of [[first, "anna", "admin"], [second, "bert", "user"]]) {
    const me = await server.request("/v1/me", { headers: bearer(secret) });
    assert.deepEqual(me.json(), { user, role, token: idOf(secret) });
  }
  const list = (await host(place, "token", "ls")).out.split("\n");
  assert.match(list[1], new RegExp(`^${idOf(first)} +anna +admin .* never .*first of all$`));
  assert.match(list[2], new RegExp(`^${idOf(second)} +bert +user +\\d{4}-\\d\\d-\\d\\d +\\d{4}-`));
  assert.equal((await host(place, "token", "revoke", idOf(second))).code, 0);
  assert.equal((await server.request("/v1/me", { headers: bearer(second) })).status, 401);
  server.checkEnd(await server.stop());
  assert.match((await host(place, "token", "ls")).out, /\(revoked\)/);
  const data = fs.readdirSync(place.data);
  assert.ok(!data.includes("admin.sock"), String(data));
  const secrets = [first, second].map((secret) => secret.slice(13));
  for (const name of ["frugal.db", "lock"]) {
    const bytes = fs.readFileSync(path.join(place.data, name), "latin1");
    assert.ok(secrets.every((secret) => !bytes.includes(secret)), "a secret is kept");
  }
});

test("frugald token after a server that was killed", async (t) => {
  const server = await startServer(t);
  await server.kill();
  await token(server.place, "anna");
  const again = await startServer(t, { place: server.place });
  await token(server.place, "anna");
  again.checkEnd(await again.stop());
});

test("frugald token says what is wrong", async (t) => {
  const place = workspace(t);
  await token(place, "anna");
  const rows = [
    [64, ["token"], /token takes create USER, ls, or revoke ID/],
    [64, ["token", "create"], /takes create USER/],
    [64, ["token", "create", "-"], /cannot be the name of a user/],
    [64, ["token", "create", "anonymous"], /cannot be the name of a user/],
    [64, ["token", "create", "x", "--role", "king"], /--role takes reader, user, admin or worker/],
    [64, ["token", "create", "x", "--name", "a\nb"], /--name takes one line/],
    [64, ["token", "create", "x", "--expires", "99999"], /from 0 to 36500/],
    [65, ["token", "create", "anna", "--role", "admin"], /more than the user may/],
    [65, ["token", "revoke", "00000000"], /there is no such token/],
  ];
  const check = async () => {
    for (const [code, words, wanted] of rows) {
      const r = await host(place, ...words);
      assert.deepEqual([r.code, r.out], [code, ""], words.join(" "));
      assert.match(r.err, wanted);
    }
  };
  await check();
  const server = await startServer(t, { place });
  await check();
  server.checkEnd(await server.stop());
});

test("beyond this machine only with TLS, or when told so", async (t) => {
  const place = workspace(t);
  const { code, out, err } = await runServer(serverArgs(place, { listen: "0.0.0.0:0" }));
  assert.deepEqual([code, out], [78, ""]);
  for (const way of ["--tls-cert and --tls-key", "listen on 127.0.0.1", "--plain-on-lan"]) {
    assert.ok(err.includes(way), err);
  }
  assert.ok(!fs.existsSync(place.data), "nothing was made");
  const server = await startServer(t, { place, listen: "0.0.0.0:0", args: ["--plain-on-lan"] });
  await until(() => /warning .*without TLS/.test(server.log), "the warning");
  const url = `http://127.0.0.1:${server.port}/v1/jobs`;
  assert.equal((await server.request("/healthz")).status, 200);
  assert.equal((await fetch(url)).status, 401, "tokens are required by themselves");
  const headers = bearer(await token(place, "anna"));
  assert.equal((await fetch(url, { headers })).status, 200);
});

test("names that the server answers to", async (t) => {
  const server = await startServer(t, { args: ["--allowed-hosts", "lab.example,other.example"] });
  const status = async (name) => (await server.request("/healthz", { headers: { Host: name } }))
    .status;
  for (const name of ["lab.example", "Lab.Example:443", "other.example", "localhost"]) {
    assert.equal(await status(name), 200, name);
  }
  for (const name of ["example", "lab.example.org", "lab.example,other.example", "lab"]) {
    assert.equal(await status(name), 421, name);
  }
});

/* A server that requires tokens, a client with a home of its own. */
async function withHome(t) {
  const place = workspace(t);
  const secret = await token(place, "anna", "--role", "admin");
  const server = await startServer(t, { place, args: ["--require-tokens"] });
  const home = path.join(place.folder, "home");
  fs.mkdirSync(home);
  const client = (args, { env, ...options } = {}) => frugal(args, { ...options,
    env: { FRUGAL_SERVER: server.url, XDG_CONFIG_HOME: "", HOME: home, ...env } });
  return { server, secret, client, file: path.join(home, ".config", "frugal", "token") };
}

test("frugal login keeps the token, for its owner alone", async (t) => {
  const { secret, client, file } = await withHome(t);
  const without = await client(["ls"]);
  assert.equal(without.code, 5);
  assert.match(without.err, /valid token.*\n.*frugal login/);
  const wrong = await client(["login"], { input: `frg_00000000_${"A".repeat(43)}\n` });
  assert.equal(wrong.code, 5);
  assert.equal((await client(["login"], { input: "a b\n" })).code, 2);
  const garbage = await client(["login"], { input: "garbage\n" });
  assert.deepEqual([garbage.code, garbage.err],
    [2, "frugal: that is no token; one begins with frg_\n"]);
  assert.equal((await client(["login"])).code, 2);
  assert.ok(!fs.existsSync(file));
  const login = await client(["login"], { input: `${secret}\n` });
  assert.deepEqual([login.code, login.out], [0, ""]);
  assert.match(login.err, /you are anna, with the role admin/);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  assert.equal(fs.readFileSync(file, "utf8"), `${secret}\n`);
  assert.equal((await client(["ls"])).code, 0);
  const submitted = await client(["submit", "-", "--json"], { input: JSON.stringify(short) });
  assert.equal(JSON.parse(submitted.out).owner, "anna");
  for (const mode of [0o640, 0o604, 0o644]) {
    fs.chmodSync(file, mode);
    const open = await client(["ls"]);
    assert.deepEqual([open.code, open.out], [2, ""], mode.toString(8));
    assert.match(open.err, /can be read by others/);
  }
  assert.equal((await client(["ls"], { env: { FRUGAL_TOKEN: secret } })).code, 0, "goes first");
  assert.equal((await client(["ls"], { env: { FRUGAL_TOKEN: "a\nb" } })).code, 2);
  assert.equal((await client(["help"])).code, 0);
  assert.equal((await client(["login"], { input: `${secret}\n` })).code, 0, "makes it anew");
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test("frugal token", async (t) => {
  const { secret, client } = await withHome(t);
  const env = { FRUGAL_TOKEN: secret };
  const made = await client(["token", "create", "bert", "--role", "reader", "--name", "show",
    "--expires", "7"], { env });
  assert.deepEqual([made.code, made.err], [0, ""]);
  assert.match(made.out, /^frg_[0-9a-f]{8}_[\w-]{43}\n$/);
  const bert = { env: { FRUGAL_TOKEN: made.out.trim() } };
  assert.equal((await client(["ls"], bert)).code, 0);
  const refused = await client(["token", "ls"], bert);
  assert.equal(refused.code, 5);
  assert.match(refused.err, /needs the role admin/);
  assert.match((await client(["token", "ls"], { env })).out, /bert +reader .* show/);
  const id = idOf(made.out);
  assert.equal((await client(["token", "revoke", id], { env })).code, 0);
  assert.equal((await client(["ls"], bert)).code, 5);
  assert.equal((await client(["token", "revoke", "nonsense/x"], { env })).code, 4);
  for (const words of [["token"], ["token", "create"], ["token", "x"], ["token", "ls", "x"]]) {
    assert.equal((await client(words, { env })).code, 2, words.join(" "));
  }
});

/* A9 */
test("a redirect is not followed, and the token goes nowhere else", async (t) => {
  const seen = [];
  const listen = async (answer) => {
    const server = http.createServer(answer).listen(0, "127.0.0.1");
    await new Promise((resolve) => { server.on("listening", resolve); });
    defer(t, () => server.close());
    return `http://127.0.0.1:${server.address().port}`;
  };
  const thief = await listen((request, response) => { seen.push(request.headers); response.end(); });
  const asked = [];
  const sly = await listen((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(307, { Location: `${thief}${request.url}` }).end();
  });
  const { code } = await frugal(["ls"], { env: { FRUGAL_SERVER: sly, FRUGAL_TOKEN: "frg_x" } });
  assert.notEqual(code, 0);
  assert.deepEqual(seen, []);
  assert.deepEqual(asked, ["Bearer frg_x"]);
});

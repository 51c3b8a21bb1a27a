// The page /docs: the contract on the wire, for people.
import assert from "node:assert/strict";
import test from "node:test";
import { assets, compressed } from "../lib/assets.mjs";
import { contract } from "../lib/contract.mjs";
import { startServer } from "../lib/server.mjs";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

test("/docs has every route, schema and refusal, without a script", async (t) => {
  const server = await startServer(t);
  const r = await server.request("/docs");
  assert.equal(r.status, 200);
  assert.match(r.headers["content-type"], /^text\/html/);
  assert.match(r.headers["content-security-policy"], /script-src 'self'/);
  assert.doesNotMatch(r.text, /<script|<style|style=|<iframe|\son\w+=|src="http|href="http:/i);
  const { routes } = await server.get("/v1");
  for (const { method, path: pattern, about } of routes) {
    assert.ok(r.text.includes(`<h3><code>${method} ${pattern}</code></h3>`), `${method} ${pattern}`);
    assert.ok(r.text.includes(escaped(about).slice(0, 20)), about);
  }
  const { document } = await contract();
  const ids = new Set([...r.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  assert.equal(ids.size, r.text.split(" id=\"").length - 1, "each once");
  for (const name of Object.keys(document.components.schemas)) assert.ok(ids.has(`schema-${name}`), name);
  for (const name of Object.keys(document.components.responses)) assert.ok(ids.has(`reply-${name}`), name);
  for (const [, target] of r.text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
  for (const word of ["undefined", "[object Object]"]) assert.ok(!r.text.includes(word), word);
  const { version } = await server.get("/healthz");
  assert.ok(r.text.includes(`This is frugal ${version}.`));
});

test("/docs is small", () => {
  const [{ file }] = assets().filter(({ path: served }) => served === "/docs");
  const bytes = compressed(file);
  assert.ok(bytes > 5000 && bytes <= 30 * 1024, `${bytes} bytes with gzip`);
});

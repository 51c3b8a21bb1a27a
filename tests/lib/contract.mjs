// The contract, schema/openapi.yaml, held against every reply that tests get through http.mjs: its
// status must stand there for that route, and its body must fit the schema. Where FRUGAL_SEEN names
// a folder, a list of the replies that were seen is left in it when the process ends; seen.mjs
// reads them all.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as paths from "./paths.mjs";

const FILE = path.join(paths.root, "schema", "openapi.yaml");
const SCHEMA = path.join(paths.root, "schema", "job.schema.json");
const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const HOME = "http://frugal/openapi.yaml";
const seen = new Set();
let resting = false;
let loaded = null;

/* For programs that only measure. */
export function rest() {
  resting = true;
}

/* {document, validator, operations}: operations are {method, template, fits, replies}. */
export function contract() {
  loaded ??= load();
  return loaded;
}

async function load() {
  const [{ default: Ajv }, { parse }] =
    await Promise.all([import("ajv/dist/2020.js"), import("yaml")]);
  const document = parse(fs.readFileSync(FILE, "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ ...JSON.parse(fs.readFileSync(SCHEMA, "utf8")),
    $id: "http://frugal/v1/spec/schema" });
  ajv.addSchema(document, HOME);
  return { document, operations: operationsOf(document),
    validator: (schema, place) => ajv.getSchema(schema.$ref === DIALECT ? DIALECT
      : `${HOME}#${place}`) };
}

function follow(document, part) {
  if (!part?.$ref?.startsWith("#/")) return [part, null];
  const keys = part.$ref.slice(2).split("/");
  return [keys.reduce((at, key) => at[key], document), part.$ref.slice(1)];
}

const escaped = (key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));

function operationsOf(document) {
  const list = [];
  for (const [template, item] of Object.entries(document.paths)) {
    const text = template.replaceAll(".", "\\.").replace("{id}", "\\d{1,18}").replace("{asset}", "[^/]*")
      .replace(/\{(name|file|token|user)\}/g, "[\\w-][\\w.-]{0,63}");
    const fits = new RegExp(`^${text}$`);
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      if (!item[method]) continue;
      const replies = new Map();
      for (const [code, given] of Object.entries(item[method].responses)) {
        const [reply, place] = follow(document, given);
        replies.set(code, { ...reply, place: place ??
          `/paths/${escaped(template)}/${method}/responses/${code}` });
      }
      list.push({ method: method.toUpperCase(), template, fits, replies });
    }
  }
  return list;
}

/* Literal paths go before those with a name in them, as in the server. */
export function operationsAt(operations, where) {
  const fitting = operations.filter(({ fits }) => fits.test(where));
  const exact = fitting.filter(({ template }) => template === where);
  return exact.length > 0 ? exact : fitting;
}

const TROUBLE = ["500", "501", "503"]; // what `default` stands for

/* Throws where the reply is not as the contract has it. */
export async function check(method, url, { status, headers, text }) {
  if (resting) return;
  const { document, operations, validator } = await contract();
  const what = `${method} ${url}: ${status}`;
  const here = operationsAt(operations, new URL(url).pathname);
  const wanted = method === "HEAD" ? "GET" : method;
  const operation = here.find((o) => o.method === wanted);
  const code = String(status);
  let reply = operation?.replies.get(code);
  if (!reply && operation && TROUBLE.includes(code)) reply = operation.replies.get("default");
  if (!reply && !operation) {
    assert.ok(["404", "405", "400", "403", "414", "417", "421", "431", "501"].includes(code), what);
    [reply] = follow(document, { $ref: "#/components/responses/Trouble" });
    reply = { ...reply, place: "/components/responses/Trouble" };
  }
  assert.ok(reply, `${what} does not stand in schema/openapi.yaml`);
  if (operation) seen.add(`${wanted} ${operation.template} ${code}`);
  checkHeaders(document, reply, headers, what);
  if (code === "405") assert.ok(headers.allow, what);
  if (code === "503") assert.ok(headers["retry-after"], what);
  if (method !== "HEAD" && code !== "304") checkBody(reply, headers, text, validator, what);
}

function checkHeaders(document, { headers: wanted = {} }, headers, what) {
  for (const [name, given] of Object.entries(wanted)) {
    const [header] = follow(document, given);
    const value = headers[name.toLowerCase()];
    if (value === undefined && !header.required) continue;
    assert.ok(value !== undefined, `${what} has no ${name}`);
    assert.match(value, new RegExp(header.schema.pattern ?? "."), `${what} ${name}`);
  }
}

function checkBody({ content, place }, headers, text, validator, what) {
  const type = headers["content-type"]?.split(";")[0];
  const media = content?.[type];
  assert.ok(media, `${what} is ${type}, not ${Object.keys(content ?? {})}`);
  if (!/[/+]json$/.test(type)) return;
  const fits = validator(media.schema, `${place}/content/${escaped(type)}/schema`);
  if (fits(JSON.parse(text))) return;
  const errors = fits.errors.slice(0, 5).map((e) => `${e.instancePath} ${e.message} ${
    JSON.stringify(e.params)}`);
  assert.fail(`${what} does not fit schema/openapi.yaml: ${errors.join("; ")}\n${
    String(text).slice(0, 2000)}`);
}

process.on("exit", () => {
  const folder = process.env.FRUGAL_SEEN;
  if (!folder || seen.size === 0) return;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${process.pid}.txt`), [...seen].join("\n"));
});

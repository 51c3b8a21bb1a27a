// Part of the build: writes the page /docs, the contract on the wire for people, from
// schema/openapi.yaml. The page is plain HTML and has no script.
//
//     node web/docs.mjs schema/openapi.yaml VERSION > docs.html
import fs from "node:fs";
import { parse } from "yaml";

const METHODS = ["get", "post", "put", "patch", "delete"];
const [, , file, version] = process.argv;
const api = parse(fs.readFileSync(file, "utf8"));

const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  .replaceAll(">", "&gt;").replaceAll("\"", "&quot;");

/* The little Markdown that descriptions use. */
const rich = (text) => escape(text ?? "").replace(/`([^`]+)`/g, "<code>$1</code>")
  .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");

const paragraphs = (text) => text.trim().split(/\n{2,}/).map((part) => `<p>${rich(part)}</p>`)
  .join("\n");

const nameOf = (reference) => reference.split("/").at(-1);

const follow = (part) => (part?.$ref?.startsWith("#/")
  ? part.$ref.slice(2).split("/").reduce((at, key) => at[key], api) : part);

const code = (value) => `<code>${escape(value)}</code>`;

function reference(target) {
  if (!target.startsWith("#/components/schemas/")) return `<a href="${escape(target)}">${escape(target)}</a>`;
  return `<a href="#schema-${nameOf(target)}">${nameOf(target)}</a>`;
}

/* A schema in words. */
function kind(schema) {
  if (schema === undefined || schema === true) return "anything";
  if (schema.$ref) return reference(schema.$ref);
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several) return several.map(kind).join(schema.allOf ? " and " : " or ");
  if ("const" in schema) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(", ");
  const types = [schema.type ?? "anything"].flat().map((type) => (type !== "array" ? type
    : `list of ${kind(schema.items)}`));
  return types.join(" or ") + bounds(schema);
}

function bounds(schema) {
  const parts = [];
  for (const [key, word] of [["minimum", "from"], ["exclusiveMinimum", "above"],
    ["maximum", "to"], ["exclusiveMaximum", "below"]]) {
    if (key in schema) parts.push(`${word} ${schema[key]}`);
  }
  if (schema.pattern) parts.push(`like ${code(schema.pattern)}`);
  if ("default" in schema) parts.push(`default ${code(JSON.stringify(schema.default))}`);
  return parts.length > 0 ? ` ${parts.join(" ")}` : "";
}

const table = (head, rows) => (rows.length === 0 ? "" : `<div class="scroll"><table>
<thead><tr>${head.map((word) => `<th scope="col">${word}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n")}
</tbody></table></div>`);

const parameters = (list) => table(["argument", "in", "value", ""], list.map(follow).map((p) =>
  [code(p.name), p.in, kind(p.schema), rich(p.description)]));

const bodies = (content) => Object.entries(content ?? {}).map(([type, { schema }]) =>
  `${code(type)}: ${kind(schema)}`).join("<br>");

/* What succeeds in full; what is refused, the same nearly everywhere, by its name. */
function replies(responses) {
  const rows = [], refused = [];
  for (const [status, given] of Object.entries(responses)) {
    const reply = follow(given);
    if (given.$ref) refused.push(`<a href="#reply-${nameOf(given.$ref)}">${status}</a>`);
    else rows.push([code(status), rich(reply.description), bodies(reply.content)]);
  }
  return `${table(["reply", "", "body"], rows)}
<p class="muted">Also ${refused.join(", ")}.</p>`;
}

function operation(path, method, item) {
  const o = item[method];
  const body = o.requestBody ? `<p>Body: ${bodies(follow(o.requestBody).content)}</p>` : "";
  return `<section id="${o.operationId}">
<h3><code>${method.toUpperCase()} ${escape(path)}</code></h3>
<p>${rich(o.summary)}</p>
${o.description ? paragraphs(o.description) : ""}
${parameters([...item.parameters ?? [], ...o.parameters ?? []])}
${body}
${replies(o.responses)}
</section>`;
}

const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ path, method, item,
    tag: item[method].tags[0] })));

const chapters = api.tags.map(({ name, description }) => {
  const own = operations.filter(({ tag }) => tag === name);
  return { name, html: `<section id="tag-${name}">
<h2>${name}</h2>
<p>${rich(description)}</p>
${own.map(({ path, method, item }) => operation(path, method, item)).join("\n")}
</section>`, links: own.map(({ path, method, item }) =>
    `<li><a href="#${item[method].operationId}"><code>${method.toUpperCase()} ${escape(path)}</code></a></li>`) };
});

function schemaSection([name, schema]) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) =>
    [code(key) + (required.has(key) ? "" : " <small>optional</small>"), kind(value),
      rich(value.description)]);
  return `<section id="schema-${name}">
<h3>${name}</h3>
${schema.description ? paragraphs(schema.description) : ""}
${rows.length > 0 ? table(["member", "value", ""], rows) : `<p>${kind(schema)}</p>`}
</section>`;
}

const examples = Object.entries(api.components.examples).map(([name, { summary, value }]) =>
  `<details id="example-${name}"><summary>${name}: ${rich(summary)}</summary>
<pre><code>${escape(JSON.stringify(value, null, 2))}</code></pre></details>`);

process.stdout.write(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>frugal: the routes</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/docs.css">
</head>
<body class="docs">
<header class="bar"><a class="wordmark" href="/"><img src="/favicon.svg" alt="" width="26" height="26">frugal</a></header>
<nav aria-label="Routes">
${chapters.map(({ name, links }) => `<h2><a href="#tag-${name}">${name}</a></h2><ul>${links.join("")}</ul>`).join("\n")}
<h2><a href="#schemas">schemas</a></h2>
</nav>
<main>
<h1>The routes of frugal</h1>
<p>The same for programs: <a href="/openapi.yaml">/openapi.yaml</a> (OpenAPI ${escape(api.openapi)}).
This is frugal ${escape(version)}.</p>
${paragraphs(api.info.description)}
${chapters.map(({ html }) => html).join("\n")}
<section id="replies">
<h2>Refusals</h2>
${table(["reply", "", "body"], Object.entries(api.components.responses).map(([name, reply]) =>
    [`<span id="reply-${name}">${name}</span>`, rich(reply.description), bodies(reply.content)]))}
</section>
<section id="schemas">
<h2>Schemas</h2>
${Object.entries(api.components.schemas).map(schemaSection).join("\n")}
</section>
<section id="examples">
<h2>Examples</h2>
${examples.join("\n")}
</section>
</main>
</body>
</html>
`);

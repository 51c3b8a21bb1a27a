// Reads the text format of Prometheus, and is strict about it.
import assert from "node:assert/strict";

const LINE = /^([a-z_]+)\{(.*)\} (\S+)$|^([a-z_]+) (\S+)$/;

/* {families, samples, value}: families by name are {type, help}, samples [{name, labels, value}]. */
export function parse(text) {
  const families = {};
  const samples = [];
  let family = null;
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name, rest] = line.match(/^# (HELP|TYPE) ([a-z_]+) (.+)$/) ?? [];
    if (kind === "HELP") {
      assert.ok(!(name in families), `${name} comes twice`);
      families[name] = { help: rest };
    } else if (kind === "TYPE") {
      families[name].type = rest;
      family = name;
    } else {
      samples.push(sample(line, family));
    }
  }
  const value = (name, labels = {}) => samples.find((s) => s.name === name &&
    Object.entries(labels).every(([key, v]) => s.labels[key] === v))?.value;
  return { families, samples, value };
}

function sample(line, family) {
  const [, name, inner, value, plain, plainValue] = line.match(LINE) ?? [];
  assert.ok(name ?? plain, `not a sample: ${line}`);
  assert.ok((name ?? plain).startsWith(family), `${line} stands below ${family}`);
  const labels = Object.fromEntries([...(inner ?? "").matchAll(/([a-z]+)="([^"]*)"(?:,|$)/g)]
    .map(([, key, v]) => [key, v]));
  assert.equal(Object.entries(labels).map(([key, v]) => `${key}="${v}"`).join(","), inner ?? "");
  const number = Number(value ?? plainValue);
  assert.ok(Number.isFinite(number), line);
  return { name: name ?? plain, labels, value: number };
}

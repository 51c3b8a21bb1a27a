// A strict reader of the XML that programs write: no entities but the five, no comments.
import assert from "node:assert/strict";

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: "\"", apos: "'" };

function plain(text) {
  assert.doesNotMatch(text, /<|&(?!(lt|gt|amp|quot|apos);)/, `unescaped: ${text}`);
  return text.replace(/&(\w+);/g, (_, name) => ENTITIES[name]);
}

function attributesOf(text) {
  const attributes = {};
  const rest = text.replace(/\s+([\w:-]+)="([^"]*)"/g, (_, name, value) => {
    assert.ok(!(name in attributes), `${name} twice`);
    attributes[name] = plain(value);
    return "";
  });
  assert.match(rest, /^\s*$/, `attributes: ${text}`);
  return attributes;
}

/* All elements in order: {name, attributes, text: what stands directly within}. Fails on
   what is not well-formed. */
export function elements(xml) {
  const all = [];
  const open = [];
  let end = 0;
  for (const match of xml.matchAll(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g)) {
    const [tag, closing, name, attributes, empty] = match;
    const between = plain(xml.slice(end, match.index));
    end = match.index + tag.length;
    if (open.length) open.at(-1).text += between;
    else assert.match(between, /^\s*$/, "text outside of the root");
    if (closing) {
      assert.equal(open.pop()?.name, name, `</${name}>`);
      continue;
    }
    const element = { name, attributes: attributesOf(attributes), text: "" };
    all.push(element);
    if (!empty) open.push(element);
  }
  assert.deepEqual([open.length, xml.slice(end).trim()], [0, ""]);
  return all;
}

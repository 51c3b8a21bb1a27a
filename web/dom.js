// Elements without HTML text: what users wrote only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

/* h("a", {href: "#/", onclick: f}, "text", node, null) -> element.
   Attributes that are null or false are left out. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(isContent));
  return element;
}

function isContent(child) {
  return child !== null && child !== undefined && child !== false;
}

/* Makes the children of `parent` equal to `fresh`, keeping the nodes that are there: so
   focus, selection and scroll positions survive an update. Nodes with data-key are
   found again when they moved. Listeners are not carried over: elements inside a
   patched tree have none. */
export function patch(parent, ...fresh) {
  const known = keyed(parent);
  let place = parent.firstChild;
  for (const node of fresh.flat(Infinity).filter(isContent)) {
    const match = partner(node, place, known);
    if (!match) {
      parent.insertBefore(asNode(node), place);
      continue;
    }
    if (match !== place) parent.insertBefore(match, place);
    morph(match, node);
    place = match.nextSibling;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function keyed(parent) {
  const found = new Map();
  for (const child of parent.children) {
    if (child.dataset.key) found.set(child.dataset.key, child);
  }
  return found;
}

function partner(node, place, known) {
  const key = node.dataset?.key;
  if (key) return known.get(key);
  if (!place || place.dataset?.key) return null;
  return place.nodeName === (node.nodeName ?? "#text") ? place : null;
}

function asNode(content) {
  return content instanceof Node ? content : document.createTextNode(content);
}

function morph(old, fresh) {
  if (fresh instanceof Node && old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    const text = fresh.data ?? String(fresh);
    if (old.data !== text) old.data = text;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.type === "checkbox") old.checked = fresh.checked;
  patch(old, ...fresh.childNodes);
}

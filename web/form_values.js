// Values of a spec as people type them into one line, and back. What makes no sense stays the
// text that it is: the server says what is wrong with it.

const LISTS = ["units", "integers", "numbers", "exponents"];
const ALWAYS_LISTS = ["units", "exponents"]; // also with one number

/* undefined: nothing is written, so the default holds */
export function valueOf({ type, nullable }, text) {
  const plain = text.trim();
  if (type === "text") return text === "" ? undefined : text;
  if (plain === "") return undefined;
  if (nullable && plain === "none") return null;
  if (/^[[{"]/.test(plain)) return parsed(plain);
  if (type === "tags") return plain.split(",").map((tag) => tag.trim()).filter(Boolean);
  if (type === "seeds") return plain.includes(",") ? listOf(plain) : scalar(plain);
  if (LISTS.includes(type)) return numbersOf(type, plain);
  if (type === "redraw") return redrawOf(plain);
  return scalar(plain);
}

export function textOf({ type }, value) {
  if (value === undefined) return "";
  if (value === null) return "none";
  if (Array.isArray(value)) return listText(type, value);
  if (type === "redraw" && value.cycle !== undefined) return `cycle ${value.cycle}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function numbersOf(type, text) {
  if (!text.includes(",") && !ALWAYS_LISTS.includes(type)) return scalar(text);
  return listOf(text);
}

function listText(type, list) {
  const plain = list.every((value) => ["number", "string"].includes(typeof value));
  const alone = list.length < 2 && !ALWAYS_LISTS.includes(type) && type !== "tags";
  const commas = type === "tags" && list.some((tag) => String(tag).includes(","));
  return plain && !alone && !commas ? list.join(", ") : JSON.stringify(list);
}

function redrawOf(text) {
  const [, n] = /^cycle\s+(\d+)$/.exec(text) ?? [];
  return n ? { cycle: Number(n) } : text;
}

function scalar(text) {
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

function listOf(text) {
  return text.split(",").map((part) => scalar(part.trim()));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/* "10, 20", "[0.1, 1], [0.2, 1]" or "layer, unit": the values of an axis of a sweep */
export function axisValues(text) {
  return parts(text).map((part) => (/^[[{"]|^(true|false|null)$/.test(part) ? parsed(part)
    : scalar(part)));
}

export function axisText(values) {
  if (!Array.isArray(values)) return JSON.stringify(values);
  return values.map((value) => (typeof value === "string" && /^[A-Za-z_][\w -]*$/.test(value)
    && !/^(true|false|null)$/.test(value) ? value : JSON.stringify(value))).join(", ");
}

/* Split at commas outside of brackets and quotes. */
function parts(text) {
  const found = text.match(/(?:"(?:[^"\\]|\\.)*"|\[[^[\]]*(?:\[[^[\]]*\][^[\]]*)*\]|\{(?:[^{}]|\{[^{}]*\})*\}|[^,])+/g);
  return (found ?? []).map((part) => part.trim()).filter(Boolean);
}

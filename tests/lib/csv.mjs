/* Columns of a CSV text: {name: [number or null, ...]}. No quoting: traces have none. */
export function columns(text) {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line has no end");
  const names = lines.shift().split(",");
  const rows = lines.map((line) => line.split(","));
  const bad = rows.find((row) => row.length !== names.length);
  if (bad) throw new Error(`a row of ${bad.length} fields under ${names.length} names`);
  return Object.fromEntries(names.map((name, i) =>
    [name, rows.map((row) => row[i] === "" ? null : Number(row[i]))]));
}

/* Rows of a CSV text, fields with quotes too, as objects of texts. */
export function records(text) {
  const rows = [[]];
  for (const [, field, end] of text.matchAll(/("(?:[^"]|"")*"|[^",\n]*)([,\n])/g)) {
    rows.at(-1).push(field.replace(/^"|"$/g, "").replaceAll("\"\"", "\""));
    if (end === "\n") rows.push([]);
  }
  if (rows.pop().length !== 0) throw new Error("the last line has no end");
  const names = rows.shift();
  const bad = rows.find((row) => row.length !== names.length);
  if (bad) throw new Error(`${bad} under ${names}`);
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

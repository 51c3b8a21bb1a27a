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

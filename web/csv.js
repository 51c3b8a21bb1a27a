// Comma-separated values, after RFC 4180.

/* rows of texts and numbers -> text; what needs quotes has them */
export function csv(rows) {
  return rows.map((row) => `${row.map(field).join(",")}\n`).join("");
}

function field(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

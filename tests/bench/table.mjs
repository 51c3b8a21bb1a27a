// Numbers into lines.
export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* Three significant digits, more where there are more before the point. */
export function short(value) {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export const times = (value) => (Number.isFinite(value) ? `${short(value)}x` : "-");

export function line(name, cells) {
  return name.padEnd(26) + cells.map((cell) => String(cell).padStart(10)).join("");
}

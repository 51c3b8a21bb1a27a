// Numbers as a scientist writes them. Every function takes null for "not known yet".

export const NONE = "–";

const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const THIN = "\u202f";

export function superscript(integer) {
  const digits = [...String(Math.abs(integer))].map((digit) => SUPER[digit]);
  return (integer < 0 ? "⁻" : "") + digits.join("");
}

/* 3.28×10⁹ */
export function scientific(value, digits = 3) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${mantissa}×10${superscript(Number(exponent))}`;
}

/* 41 200 */
export function count(value) {
  if (!isNumber(value)) return NONE;
  return group(String(Math.round(value)));
}

/* M0, M1 and their kin: they span many orders of magnitude */
export function energy(value) {
  if (!isNumber(value)) return NONE;
  if (value === 0) return "0";
  return wantsExponent(value) ? scientific(value) : group(String(+value.toPrecision(3)));
}

export function accuracy(value) {
  return isNumber(value) ? value.toFixed(4) : NONE;
}

export function percent(fraction) {
  return isNumber(fraction) ? `${Math.floor(fraction * 100)}${THIN}%` : NONE;
}

/* 64 MB, 1.2 GB: powers of ten */
export function bytes(value) {
  if (!isNumber(value)) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(value || 1) / 3)));
  const scaled = value / 1000 ** step;
  return `${step > 0 && scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)}${THIN}${units[step]}`;
}

/* mean ± s.e.m. of {n, mean, sem}; the s.e.m. decides how many digits there are */
export function meanSem(metric, plain = energy) {
  if (!isNumber(metric?.mean)) return NONE;
  const { mean, sem } = metric;
  if (!isNumber(sem)) return plain(mean);
  if (plain === energy && wantsExponent(mean)) {
    const exponent = Math.floor(Math.log10(Math.abs(mean)));
    const unit = 10 ** exponent;
    return `(${plusMinus(mean / unit, sem / unit)})×10${superscript(exponent)}`;
  }
  return plusMinus(mean, sem);
}

function plusMinus(mean, sem) {
  const place = lastPlace(sem, mean);
  return `${rounded(mean, place)} ± ${sem === 0 ? "0" : rounded(sem, place)}`;
}

/* The s.e.m. gets one digit, or two when the first is a 1. */
function lastPlace(sem, mean) {
  if (sem === 0) return Number.isInteger(mean) ? 0 : -4;
  const place = Math.floor(Math.log10(sem));
  return sem / 10 ** place < 2 ? place - 1 : place;
}

function rounded(value, place) {
  if (place < 0) return group(value.toFixed(Math.min(-place, 20)));
  return group(String(Math.round(value / 10 ** place) * 10 ** place));
}

function group(digits) {
  const [whole, fraction] = digits.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function wantsExponent(value) {
  const size = Math.abs(value);
  return size >= 1e4 || (size > 0 && size < 1e-3);
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

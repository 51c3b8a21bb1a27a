// Moments, ages and durations. The server speaks ISO 8601 in UTC, people their own time.

import { h } from "./dom.js";
import { NONE } from "./format.js";

const AGE_STEP_MS = 15000;

/* 75 -> "1 min 15 s" */
export function duration(seconds) {
  if (typeof seconds !== "number") return NONE;
  if (seconds > 0 && seconds < 0.1) return `${+(seconds * 1000).toPrecision(2)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function secondsBetween(from, to) {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
}

export function clock(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit",
    hourCycle: "h23" });
}

function moment(date) {
  return date.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}

export function day(iso) {
  return new Date(iso).toLocaleDateString([], { dateStyle: "medium" });
}

/* Clocks of server and browser may differ a little: the future is "just now" too. */
function age(date, now = Date.now()) {
  const seconds = (now - date.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 14 * 86400) return `${Math.round(seconds / 86400)} d ago`;
  return date.toLocaleDateString([], { dateStyle: "medium" });
}

/* A <time> whose text is the age; keepAges() lets it grow older. */
export function ago(iso) {
  const date = new Date(iso ?? NaN);
  if (Number.isNaN(date.getTime())) return NONE;
  return h("time", { datetime: iso, title: moment(date), class: "age" }, age(date));
}

export function keepAges() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time.age")) {
      const text = age(new Date(element.dateTime));
      if (element.textContent !== text) element.textContent = text;
    }
  }, AGE_STEP_MS);
}

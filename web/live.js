// The notice at the top: live, or how old the page is since the connection went.

import { clock } from "./times.js";

const REST_MS = 2000;

let heard = null; // when the server was last heard of
let resting = null; // a timer

export function showLive() {
  heard = new Date();
  show("live", "live", "What you see follows the server.");
}

export function showLost(reason) {
  const text = heard ? `stale since ${clock(heard)}` : "no connection";
  show("lost", text, `${reason} The page tries again by itself.`);
}

/* Another view begins: the notice goes if that does not follow the server. */
export function restLive() {
  resting = setTimeout(() => show("", "", ""), REST_MS);
}

/* role="status" reads every change aloud, so nothing is touched without one. */
function show(state, text, title) {
  clearTimeout(resting);
  const element = document.getElementById("live");
  if (element.textContent !== text) element.textContent = text;
  element.dataset.state = state;
  element.title = title;
}

// Files that the page hands out: what it made itself, and for a person with a token what the
// server has, since a link cannot show the token.

import { request } from "./api.js";
import { h } from "./dom.js";
import { authorization } from "./login.js";

const KEPT_MS = 60000; // for the browser to write it

export function downloadWithToken() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[download]");
    if (!link || link.protocol === "blob:" || !authorization().Authorization) return;
    event.preventDefault();
    fetchAndSave(link.getAttribute("href"), link.download)
      .catch((problem) => window.alert(problem.message));
  });
}

async function fetchAndSave(path, name) {
  const response = await request(path, {});
  save(await response.blob(), name);
}

export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

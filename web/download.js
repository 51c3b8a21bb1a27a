// Links to files, for a person with a token: a link cannot show it, so the page does.

import { request } from "./api.js";
import { h } from "./dom.js";
import { authorization } from "./login.js";

const KEPT_MS = 60000; // for the browser to write it

export function downloadWithToken() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[download]");
    if (!link || link.protocol === "blob:" || !authorization().Authorization) return;
    event.preventDefault();
    save(link.getAttribute("href"), link.download)
      .catch((problem) => window.alert(problem.message));
  });
}

async function save(path, name) {
  const response = await request(path, {});
  const url = URL.createObjectURL(await response.blob());
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

// The box that explains a word over whatever view is open.

import { h } from "./dom.js";
import { link } from "./router.js";
import { sourceOf, wordsOf } from "./words.js";

/* data-explain holds the key of a word; nothing: the measures. */
export function explainOnClick() {
  const dialog = document.getElementById("explain");
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-explain]");
    if (asked) open(dialog, asked.dataset.explain);
    else if (event.target === dialog || event.target.closest("#explain a[href^='#']")) dialog.close();
  });
}

function open(dialog, key) {
  const entries = wordsOf(key);
  const single = entries.length === 1;
  dialog.querySelector("h2").textContent = single ? entries[0].title : "What is measured";
  dialog.querySelector(".explained").replaceChildren(...entries.flatMap((entry, i) => [
    !single && i > 0 && h("h3", null, entry.title), ...entry.body(),
    (single || i + 1 === entries.length) && sourceOf(entry)].filter(Boolean)),
  h("p", null, h("a", { href: link("words", { to: single ? key : null }) }, "All words")));
  dialog.showModal();
}

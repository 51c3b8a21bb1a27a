// A question before something is done that is hard to take back, and the word about what came
// of it.

import { h } from "./dom.js";

const SHOWN_MS = 8000;

/* Resolves to true when the person agrees. content: further elements, such as a field; fine()
   says whether what is written there makes sense. */
export function ask({ title, text, action, danger, content, fine = () => true }) {
  const yes = h("button", { class: danger ? "verb danger" : "verb", value: "yes" }, action);
  const no = h("button", { class: "verb", value: "no", formnovalidate: true }, "Leave it");
  const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
    h("form", { method: "dialog" }, h("h2", { id: "ask-title" }, title),
      h("p", null, text), content, h("p", { class: "verbs" }, yes, no)));
  document.body.append(dialog);
  dialog.showModal();
  if (!content) no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" && fine());
    });
  });
}

/* Says what was done; undo: {name, act} for a way back. */
export function say(text, undo) {
  document.querySelector(".said")?.remove();
  const back = undo && h("button", { type: "button", class: "small",
    onclick: () => { box.remove(); undo.act(); } }, undo.name);
  const box = h("div", { class: "said", role: "status" }, h("span", null, text), back);
  document.body.append(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}

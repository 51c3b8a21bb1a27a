// Start of the page: which view the URL asks for, and what stands around the views.

import { showAccount } from "./account.js";
import { copyOnClick } from "./copy.js";
import { h } from "./dom.js";
import { downloadWithToken } from "./download.js";
import { showVersion } from "./foot.js";
import { restLive } from "./live.js";
import { current } from "./router.js";
import { keepAges } from "./times.js";
import { openAdmin } from "./view_admin.js";
import { openCompare } from "./view_compare.js";
import { openHome } from "./view_home.js";
import { openJob } from "./view_job.js";
import { openNew } from "./view_new.js";
import { openRun } from "./view_run.js";
import { openRuns } from "./view_runs.js";
import { openTrash } from "./view_trash.js";
import { openWords } from "./view_words.js";
import { explainOnClick } from "./word_box.js";

/* A view is open(main, route) -> {update(route) optional, close()}. update() gets what
   changes in the URL while the path stays the same. */
const VIEWS = [
  [/^$/, "Home", openHome],
  [/^jobs\/\d+$/, "Job", openJob],
  [/^runs$/, "Runs", openRuns],
  [/^runs\/\d+$/, "Run", openRun],
  [/^compare$/, "Compare", openCompare],
  [/^new$/, "New job", openNew],
  [/^admin$/, "Admin", openAdmin],
  [/^trash$/, "Trash", openTrash],
  [/^words$/, "Glossary", openWords],
];

const main = document.getElementById("main");
let open = null;

/* A question belongs to the view it was asked in. Who somebody is belongs to none. */
function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]:not(#login)")) dialog.close();
}

function navigate() {
  closeDialogs();
  const route = current();
  if (open?.path === route.path && open.view.update) {
    open.view.update(route);
    return;
  }
  open?.view.close();
  const [, title, openView] = VIEWS.find(([pattern]) => pattern.test(route.path)) ??
    [null, "Not found", openNothing];
  document.title = `${title} – frugal`;
  markPlace(route.path);
  restLive();
  if (open) main.focus({ preventScroll: true });
  if (open) window.scrollTo(0, 0);
  open = { path: route.path, view: openView(main, route) };
}

/* Which entry of the navigation the view belongs to: that of its first word, if there is one. */
function markPlace(path) {
  const [word] = path.split("/");
  for (const entry of document.querySelectorAll("header nav a")) {
    const here = entry.hash === `#/${word}`;
    if (here) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
}

function openNothing(place) {
  place.replaceChildren(h("h1", null, "Not found"),
    h("p", null, "There is no such page. ", h("a", { href: "#/" }, "Home")));
  return { close() {} };
}

/* The hash belongs to the router, so this link may not change it. */
function skipToMain() {
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
}

window.addEventListener("hashchange", navigate);
explainOnClick();
copyOnClick();
showAccount();
showVersion();
downloadWithToken();
skipToMain();
keepAges();
navigate();

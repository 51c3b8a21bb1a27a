// New job: a form and its JSON side by side, with what the server would make of it.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { Draft } from "./draft.js";
import { JobForm } from "./job_form.js";
import { problemBox } from "./parts.js";
import { PlanBox } from "./plan_box.js";
import { presetList } from "./preset_list.js";
import { link } from "./router.js";
import { trimmed } from "./spec_tree.js";

/* Where the form begins, by the address: #/new?preset=NAME&quick=1, ?job=ID, ?spec=JSON, or
   with nothing but a data set. */
export function openNew(main, route) {
  const life = new AbortController();
  const problem = h("div");
  const place = h("div", null, h("p", { class: "muted" }, "Loading…"));
  main.replaceChildren(h("article", { class: "new" }, h("h1", null, "New job"), problem, place));
  const { signal } = life;
  load(route.params, signal).then((known) => {
    if (!signal.aborted) place.replaceChildren(...editor(known, route.params, signal));
  }).catch((error) => {
    if (signal.aborted) return;
    patch(place);
    patch(problem, problemBox(error), h("p", null, h("a", { href: "#/new" }, "An empty form")));
  });
  return { close: () => life.abort() };
}

async function load(params, signal) {
  const [{ fields }, { items: presets }, datasets, workers] = await Promise.all(
    ["/v1/spec", "/v1/presets", "/v1/datasets", "/v1/workers"].map((path) => get(path, signal)));
  const names = datasets.items.map(({ name }) => name);
  const start = await beginning(params, { fields, presets, names }, signal);
  return { fields, presets, names, workers: workers.count, start };
}

async function beginning(params, { fields, presets, names }, signal) {
  const preset = presets.find(({ name }) => name === params.get("preset"));
  if (preset) return { ...preset.spec, ...params.has("quick") && preset.quick };
  if (params.has("spec")) return givenSpec(params.get("spec"));
  if (/^\d+$/.test(params.get("job") ?? "")) {
    return trimmed((await get(`/v1/jobs/${params.get("job")}`, signal)).spec, fields);
  }
  return { dataset: names.includes("mnist") ? "mnist" : names[0] ?? "mnist" };
}

/* A link that was cut off is shown as it is. */
function givenSpec(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { dataset: "mnist", note: text };
  }
}

function editor({ fields, presets, names, workers, start }, params, signal) {
  const draft = new Draft(params.toString(), (by) => show(by));
  if (!draft.restore()) draft.begin(start);
  const text = h("textarea", { class: "spec-text", spellcheck: "false", autocomplete: "off",
    rows: 24, "aria-labelledby": "json-title", "aria-describedby": "json-error",
    oninput: () => draft.write(text.value) });
  const broken = h("p", { class: "field-error", id: "json-error" });
  const share = h("a", null, "A link to this form");
  const form = new JobForm(fields, names, (spec) => draft.change(spec));
  const plan = new PlanBox(draft, workers, signal, {
    errors: (errors) => form.complain(errors),
    focus: (pointer) => form.focus(pointer),
    submitted: (job) => { location.hash = link(`jobs/${job.id}`); },
  });
  const again = h("button", { type: "button", class: "small", onclick: () => {
    draft.forget();
    draft.begin(start);
    show("start");
  } }, "Start again");

  function show(by) {
    if (by !== "text" && text.value !== draft.text) text.value = draft.text;
    broken.textContent = draft.problem ?? "";
    form.show(draft.spec);
    share.href = link("new", { spec: draft.spec && JSON.stringify(draft.spec) });
    plan.check();
  }

  show("start");
  return [presetList(presets, params.get("preset"), params.has("quick")),
    h("div", { class: "editor" }, form.element,
      h("div", { class: "beside" }, plan.element,
        h("section", { class: "panel json", "aria-labelledby": "json-title" },
          h("h2", { id: "json-title" }, "The same as JSON"), text, broken,
          h("p", { class: "json-foot" }, again, share))))];
}

// What there is to know of one run beside its trace: where it stands, its results, where they
// come from, its attempts, and how its changes were spread over the synapses.

import { h } from "./dom.js";
import { accuracy, count, energy, percent } from "./format.js";
import { fact } from "./job_head.js";
import { paramText } from "./params.js";
import { headRow, number, progressBar, scrolling, stateBadge } from "./parts.js";
import { link } from "./router.js";
import { ago, duration, secondsBetween } from "./times.js";

export function runHead(run, job, why) {
  const { samples, of, per_second: rate, seconds_left: left } = run.progress ?? {};
  const atWork = run.state === "running";
  return [
    h("p", { class: "crumbs" }, h("a", { href: "#/runs" }, "Runs"), " / ",
      h("a", { href: link(`jobs/${run.job}`) }, job.name || `job ${run.job}`), ` / ${run.id}`),
    h("div", { class: "title" }, h("h1", null, `Run ${run.id}`), stateBadge(run.state),
      run.outcome && h("span", { class: "muted" }, run.outcome)),
    h("dl", { class: "facts" },
      fact("data set", run.dataset), fact("cell", String(run.cell)),
      fact("seed", String(run.seed)),
      paramText(run.params) && fact("swept", paramText(run.params)),
      fact("attempts", count(run.attempts)), fact("created", ago(run.created)),
      run.started && fact(run.finished ? "took" : "started", run.finished
        ? duration(secondsBetween(run.started, run.finished)) : ago(run.started))),
    run.reason && h("p", { class: "note" }, run.reason),
    why && h("p", { class: "note" }, why.why, why.expected_start &&
      [" It should start ", ago(why.expected_start), "."]),
    run.reused && h("p", { class: "note" }, "Its trace was taken over from ",
      h("a", { href: link(`runs/${run.reused}`) }, `run ${run.reused}`), "."),
    h("div", { class: "overall" },
      progressBar(of && atWork ? samples / of : run.finished ? 1 : 0, "progress of the run"),
      h("span", { class: "muted" }, [
        atWork && of && percent(samples / of), samples && `${count(samples)} samples`,
        atWork && rate && `${count(+rate.toPrecision(2))}/s`,
        atWork && typeof left === "number" && `${duration(left)} left`,
      ].filter(Boolean).join(", "))),
  ];
}

const RESULTS = [
  ["test_accuracy", "test accuracy", accuracy], ["samples", "samples", count],
  ["epochs", "epochs", energy], ["m0", "M0", energy], ["m1", "M1", energy],
  ["m0_direct", "M0 direct", energy], ["m1_direct", "M1 direct", energy],
  ["inefficiency_m0", "M0 / direct", energy], ["inefficiency_m1", "M1 / direct", energy],
  ["maintenance", "maintenance", energy], ["seconds", "computed for", duration],
];

export function resultList(results) {
  if (!results) return h("p", { class: "muted" }, "Nothing yet.");
  const known = new Set(RESULTS.map(([key]) => key));
  const others = Object.keys(results).filter((key) => !known.has(key))
    .map((key) => [key, key.replace(/^m/, "M").replace("_", " "), energy]);
  return h("dl", { class: "facts" }, [...RESULTS, ...others].map(([key, name, text]) =>
    fact(name, text(results[key]))));
}

export function provenanceList(provenance, weights) {
  if (!provenance) return h("p", { class: "muted" }, "Known once the run has begun.");
  const { spec_sha256: spec, dataset_sha256: files, ...rest } = provenance;
  const rows = [["spec, SHA-256", spec], ...Object.entries(files ?? {}).map(([name, hash]) =>
    [`${name.replace("_", " ")}, SHA-256`, hash]), ...Object.entries(rest),
  ["weights", weights ? `${count(weights)} bytes` : null]];
  return h("dl", { class: "provenance" }, rows.map(([name, value]) =>
    [h("dt", null, name), h("dd", null, value ?? "–")]));
}

export function attemptTable(attempts) {
  if (attempts.length === 0) return h("p", { class: "muted" }, "None yet.");
  return scrolling("Attempts", h("table", { class: "data" },
    headRow("attempt", "state", "outcome", "started", ["took"], ["went on behind row"], "build",
      "host", "reason"),
    h("tbody", null, attempts.map((one) => h("tr", { "data-key": one.number },
      h("th", { scope: "row" }, String(one.number)), h("td", null, stateBadge(one.state)),
      h("td", null, one.outcome), h("td", null, ago(one.started)),
      number(one.finished
        ? duration(one.seconds ?? secondsBetween(one.started, one.finished)) : ""),
      number(one.resumed === null ? "" : String(one.resumed)),
      h("td", null, one.build), h("td", null, one.host),
      h("td", { class: "reason-cell" }, one.reason))))));
}

/* How many synapses changed how often, from the rarest to the most frequent that there is. */
export function changesTable(changes) {
  if (!changes) return null;
  const { most, synapses, ...layers } = changes.histogram;
  const all = synapses.reduce((sum, n) => sum + n, 0);
  const bins = most.map((_, i) => i);
  const from = bins.find((i) => synapses[i] > 0) ?? 0;
  const to = bins.findLast((i) => synapses[i] > 0) ?? 0;
  return [
    h("p", null, "Effective number of plastic synapses: ",
      h("strong", null, changes.simpson ? energy(1 / changes.simpson) : "–"),
      ` of ${count(all)}.`),
    scrolling("Changes of synapses", h("table", { class: "data histogram" },
      headRow(["changes"], ["synapses"], "", ...Object.keys(layers).map((key) =>
        [`layer ${key.replace("synapses_layer", "")}`])),
      h("tbody", null, bins.slice(from, to + 1).map((i) => h("tr", null,
        number(rangeText(most, i)), number(count(synapses[i])),
        h("td", null, h("progress", { max: all, value: synapses[i], "aria-hidden": "true" })),
        Object.values(layers).map((counts) => number(count(counts[i])))))))),
  ];
}

function rangeText(most, i) {
  const from = i === 0 ? most[0] : most[i - 1] + 1;
  return from === most[i] ? count(from) : `${count(from)}–${count(most[i])}`;
}

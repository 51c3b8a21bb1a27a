// What it costs to reach a goal over what is swept, and what is saved against a baseline.

import { cellName, costFigure, savingFigure, sweptOver } from "./cells_figures.js";
import { Choice, Field } from "./controls.js";
import { h } from "./dom.js";
import { FigureBox } from "./figure_box.js";
import { measure, RESULTS, SAVINGS } from "./measures.js";
import { paramName } from "./params.js";
import { go, here } from "./router.js";

export class CostsSection {
  constructor(path) {
    const set = (name) => (value) => go(path, { ...here(), [name]: value });
    this.goal = new Field("to reach a test accuracy of", (text) => set("at")(goalParam(text)),
      { inputmode: "decimal", size: 6, placeholder: "the end",
        "aria-describedby": "costs-refused" });
    this.measure = new Choice("in", "Cost in", set("cost"));
    this.over = new Choice("over", "Over what is swept", set("over"));
    this.baseline = new Choice("baseline", "Baseline", set("baseline"));
    this.refused = h("p", { class: "refused", id: "costs-refused", role: "alert" });
    this.cost = new FigureBox("points");
    this.saving = new FigureBox("points");
    this.savingTitle = h("h3", null, "Saving");
    this.figures = h("div", { class: "side-by-side" },
      h("div", null, h("h3", null, "Cost"), this.cost.element),
      h("div", null, h("div", { class: "section-head" }, this.savingTitle,
        this.baseline.element), this.saving.element));
    this.element = h("section", { class: "costs", "aria-labelledby": "costs-title" },
      h("div", { class: "section-head" }, h("h2", { id: "costs-title" }, "What it costs"),
        this.goal.element, this.measure.element, this.over.element),
      this.refused, this.figures);
  }

  /* What the URL says; returns what to ask the data for. */
  route(params) {
    this.params = params;
    const cost = params.get("cost");
    this.key = RESULTS.includes(cost) ? cost : RESULTS[0];
    const at = params.get("at");
    return { at: at === "end" ? "" : at && `test_accuracy>=${at}`,
      baseline: params.get("baseline") };
  }

  show(data, { withJob, name }) {
    const { cells } = data;
    const number = data.at ? /[\d.]+$/.exec(data.at)?.[0] ?? data.at : "";
    const { over, varied } = sweptOver(cells, this.params.get("over"));
    this.refused.textContent = data.refused?.message ?? "";
    this.goal.show(data.refused ? this.params.get("at") ?? "" : number);
    this.measure.show(RESULTS.map((key) => [key, measure(key).name]), this.key);
    this.over.show(varied.map((p) => [paramName(p), paramName(p)]), paramName(over ?? ""));
    this.over.element.hidden = varied.length < 2;
    this.baseline.show(cells.map((cell) => [cell.key, cellName(cell, withJob)]),
      data.baseline ?? "");
    this.element.hidden = cells.length < 2;
    if (this.element.hidden) return;
    this.#draw(data, { over, name, withJob, goal: number && `accuracy ${number}` });
  }

  #draw({ cells, baseline }, { over, name, withJob, goal }) {
    const { key } = this;
    const base = cells.find((cell) => cell.key === baseline);
    this.cost.show(costFigure(cells, { over, key, goal, name, withJob }), null,
      goal ? "No run has reached it." : "No run has ended yet.");
    this.saving.show(savingFigure(cells, { over, key, name, withJob,
      baseline: base ? cellName(base, withJob) : baseline }), null,
    SAVINGS.includes(key) ? "Nothing to compare yet." : `Nobody saves ${measure(key).name}.`);
  }

  close() {
    this.cost.close();
    this.saving.close();
  }
}

/* An empty field asks for the ends of the runs. */
function goalParam(text) {
  return text === "" ? "end" : text.replace(",", ".");
}

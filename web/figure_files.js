// A figure as a file: CSV for the numbers, SVG and PNG for a paper.

import { csv } from "./csv.js";
import { save } from "./download.js";
import { h } from "./dom.js";
import { rowsOf } from "./figure.js";
import { drawFigure, looks } from "./figure_svg.js";

const WIDTH = 640;
const HEIGHT = 420;
const DOTS = 4; // pixels of PNG per unit: 2560 across, 600 dpi on 11 cm

export function figureCsv(figure) {
  const { x, y, marks } = figure;
  const head = ["series", "name", "seed", x.key, y.key, "sem", "n", "lower_bound",
    ...marks ? [`sem_${x.key}`] : []];
  const rows = rowsOf(figure).map((row) => [row.series.key, row.series.name,
    row.series.seed ?? "", row.x, row.y, row.sem ?? "", row.n ?? "", row.bound ? 1 : 0,
    ...marks ? [row.xSem ?? ""] : []]);
  return csv([head, ...rows]);
}

export function figureSvg(figure, zoom) {
  const element = drawFigure(figure, { width: WIDTH, height: HEIGHT, zoom, look: looks(true) });
  return `${new XMLSerializer().serializeToString(element)}\n`;
}

async function figurePng(figure, zoom) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureSvg(figure, zoom))}`;
  await image.decode();
  const canvas = h("canvas", { width: image.width * DOTS, height: image.height * DOTS });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

/* Saves the figure as it is shown; kind: "csv", "svg" or "png". */
export async function saveFigure(kind, figure, zoom) {
  const blob = kind === "csv" ? new Blob([figureCsv(figure)], { type: "text/csv" })
    : kind === "svg" ? new Blob([figureSvg(figure, zoom)], { type: "image/svg+xml" })
      : await figurePng(figure, zoom);
  save(blob, `${figure.name}.${kind}`);
}

// Drawing of a comparison: hatched false positives, dotted false negatives, quiet true positives;
// distances as colours along the outline; segments.

import { DIVERGING, divergingIndex } from "./diverging.js";
import { cornersOf, traced } from "./masks.js";
import { hypot, max, min, round } from "./math.js";
import { offscreen } from "./stage.js";

/** @typedef {import("./painter.js").Context} Context */
/** @typedef {import("./view.js").View} View */

/** Colour, opacity and pattern of false positives, false negatives and true positives. No outline has these colours. */
const KINDS = /** @type {const} */ ([["#ff2f4f", 0.35, hatch], ["#7a8cff", 0.4, dots], ["#fff", 0.1, null]]);
/** Side of a pattern's tile in CSS pixels. */
const TILE_PX = 8;

/** Path around the pixels of a mask. */
export function areaOf(/** @type {import("./masks.js").Mask} */ mask, /** @type {import("./masks.js").Size} */ size) {
  const path = new Path2D();
  for (const steps of traced(mask, size)) {
    const corners = cornersOf(steps);
    path.moveTo(corners[0], corners[1]);
    for (let i = 2; i < corners.length; i += 2) path.lineTo(corners[i], corners[i + 1]);
    path.closePath();
  }
  return path;
}

/** @param {Context} context @param {View} view @param {Path2D[]} areas  in the order of `KINDS` */
export function drawErrors(context, view, areas) {
  areas.forEach((path, i) => {
    const [colour, opacity, draw] = KINDS[i];
    context.globalAlpha = opacity;
    context.fillStyle = colour;
    context.fill(path, "evenodd");
    if (!draw) return;
    const side = round(TILE_PX * view.pixelRatio);
    const tile = offscreen({ width: side, height: side });
    tile.context.fillStyle = tile.context.strokeStyle = colour;
    tile.context.beginPath();
    draw(tile.context, side);
    const pattern = /** @type {CanvasPattern} */ (context.createPattern(tile.canvas, "repeat"));
    // As large on the screen at any zoom.
    pattern.setTransform(new DOMMatrix().scale(1 / (view.scale * view.pixelRatio)));
    context.globalAlpha = 1;
    context.fillStyle = pattern;
    context.fill(path, "evenodd");
  });
}

function hatch(/** @type {Context} */ tile, /** @type {number} */ side) {
  tile.lineWidth = side / 3.5;
  for (const from of [-side, 0, side]) {
    tile.moveTo(from - 1, side + 1);
    tile.lineTo(from + side + 1, -1);
  }
  tile.stroke();
}

function dots(/** @type {Context} */ tile, /** @type {number} */ side) {
  for (const at of [side / 4, (3 * side) / 4]) {
    tile.moveTo(at, at);
    tile.arc(at, at, side / 5.5, 0, 7);
  }
  tile.fill();
}

/**
 * Steps of outlines, a path a colour.
 *
 * @param {import("./distances.js").Step[]} steps
 * @param {number} end  of the scale
 */
export function linesByColour(steps, end) {
  /** @type {Path2D[]} */
  const paths = [];
  for (const { ends: [x0, y0, x1, y1], value } of steps) {
    const path = (paths[divergingIndex(value, end)] ??= new Path2D());
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
  }
  return paths;
}

/** @param {Context} context @param {View} view @param {Path2D[]} lines  by colour */
export function drawLines(context, view, lines) {
  context.lineCap = "square";
  for (const width of [5.5, 3.5]) {
    context.lineWidth = width / view.scale;
    lines.forEach((path, index) => {
      context.strokeStyle = width > 4 ? "#000" : DIVERGING[index];
      context.stroke(path);
    });
  }
}

/** Strokes a path in a colour with a black edge. */
export function strokeTwice(/** @type {Context} */ context, /** @type {Path2D} */ path, /** @type {string} */ ink = "#fff") {
  for (const width of [4.5, 2]) {
    context.strokeStyle = width > 4 ? "#000" : ink;
    context.lineWidth = width;
    context.stroke(path);
  }
}

/**
 * Segment with its ends and a text beside the right one, in CSS pixels.
 *
 * @param {Context} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {string} text
 * @param {string} [ink]
 */
export function drawSegment(context, from, to, text, ink = "#fff") {
  const length = hypot(to.x - from.x, to.y - from.y) || 1;
  const [across, down] = [(5 * (from.y - to.y)) / length, (5 * (to.x - from.x)) / length];
  const path = new Path2D();
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  for (const { x, y } of [from, to]) {
    path.moveTo(x - across, y - down);
    path.lineTo(x + across, y + down);
  }
  strokeTwice(context, path, ink);
  context.font = "13px system-ui, sans-serif";
  const end = from.x > to.x ? from : to;
  // Within the pane.
  const room = context.canvas.width / context.getTransform().a - context.measureText(text).width - 6;
  const place = /** @type {const} */ ([text, max(6, min(end.x + 18, room)), end.y + 4]);
  context.strokeStyle = "#000";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeText(...place);
  context.fillStyle = ink;
  context.fillText(...place);
}

// Painter: draws a pane with radiograph, overlays, outlines, scale bar and crosshair.
//
// All that is tied to the image is drawn once for a zoom, with a margin around the visible part, and
// only shifted while the image moves. Simplified outlines differ by 0.35 screen pixels at most.

import { drawLines } from "./lines.js";
import { ceil, max, min, round } from "./math.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./app.js").Point} Point */

/**
 * @typedef {Object} Scene
 * @property {import("./pane.js").Pane} pane
 * @property {View} view
 * @property {{width: number, height: number}} frame  the masks' size in pixels
 * @property {number | null} spacingMm               mm a mask pixel
 * @property {ImageBitmap | null} picture            the radiograph in its window
 * @property {Outline[]} outlines                    the last on top
 * @property {import("./app.js").Overlay[]} overlays
 * @property {Point | null} crosshair                in mask pixels
 */

/**
 * @typedef {Object} Outline
 * @property {import("./shape.js").Shape} shape
 * @property {string} colour
 * @property {number[]} dash          CSS pixels
 * @property {number | null} width    CSS pixels; null: `Painter.lineWidth`
 * @property {number} opacity         of the line, 0 to 1
 * @property {number} fill            opacity inside, 0 to 1
 */

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/** Enlargement from which image pixels are drawn as squares, without smoothing. */
const SQUARES_FROM_SCREEN_PIXELS = 4;
const GROUND = "#000";
/** Lengths of a scale bar, in mm. */
const BAR_LENGTHS_MM = [1, 2, 5, 10, 20, 50, 100];
/** Margin around the visible part while the image moves, as a share of the pane. */
const MARGIN = 0.3;
/** Lines at the image's edge reach beyond it, in screen pixels. */
const EDGE_PX = 8;

export class Painter {
  /** Of outlines without their own, in CSS pixels. */
  static lineWidth = 1.75;
  /** Of all outlines, 0 to 1. */
  static opacity = 1;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    /** True after a change of anything but the position. */
    this.isStale = true;
  }

  #context;
  /** Part of the image at one zoom; `left` and `top` in screen pixels from the image's corner. */
  #sheet = { scale: 0, left: 0, top: 0, width: 0, height: 0 };
  /** @type {OffscreenCanvas | null} */
  #raster = null;
  draw(/** @type {Scene} */ scene) {
    const { view } = scene;
    const context = this.#context;
    this.#resize(view);
    const { width, height } = this.canvas;
    const scale = view.scale * view.pixelRatio;
    const corner = view.toScreen(0, 0);
    const [left, top] = [round(corner.x * view.pixelRatio), round(corner.y * view.pixelRatio)];
    this.#rasterise(scene, scale, { left: -left, top: -top, width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, width, height);
    if (this.#raster) context.drawImage(this.#raster, this.#sheet.left + left, this.#sheet.top + top);
    context.setTransform(view.pixelRatio, 0, 0, view.pixelRatio, 0, 0);
    this.#drawOverlays(context, scene, "screen");
    if (scene.spacingMm) drawScaleBar(context, view, scene.spacingMm);
    if (scene.crosshair) drawCrosshair(context, view.toScreen(scene.crosshair.x, scene.crosshair.y));
  }

  #resize(/** @type {View} */ { stage, pixelRatio }) {
    const width = round(stage.width * pixelRatio);
    const height = round(stage.height * pixelRatio);
    // Setting the size clears the canvas and costs time, even without a change.
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  /**
   * Makes the sheet hold what is visible.
   *
   * @param {Scene} scene
   * @param {number} scale  screen pixels a mask pixel
   * @param {{left: number, top: number, width: number, height: number}} visible  screen pixels from the image's corner
   */
  #rasterise(scene, scale, visible) {
    const sheet = this.#sheet;
    const isZoomed = scale !== sheet.scale;
    const part = withinImage(visible, scene.frame, scale);
    const holds =
      sheet.left <= part.left && sheet.top <= part.top && sheet.left + sheet.width >= part.left + part.width && sheet.top + sheet.height >= part.top + part.height;
    if (this.isStale || isZoomed || !holds) {
      const isMove = !this.isStale && !isZoomed;
      const [x, y] = isMove ? [round(visible.width * MARGIN), round(visible.height * MARGIN)] : [0, 0];
      const wide = { left: visible.left - x, top: visible.top - y, width: visible.width + 2 * x, height: visible.height + 2 * y };
      this.#sheet = { scale, ...(isMove ? withinImage(wide, scene.frame, scale) : part) };
      this.isStale = false;
      this.#paint(scene);
    }
  }

  #paint(/** @type {Scene} */ scene) {
    const { scale, left, top, width, height } = this.#sheet;
    if (this.#raster?.width !== width || this.#raster.height !== height) this.#raster = new OffscreenCanvas(max(1, width), max(1, height));
    const context = this.#raster.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, width, height);
    // The units are mask pixels from here on.
    context.setTransform(scale, 0, 0, scale, -left, -top);
    if (scene.picture) drawSheet(context, scene.picture, scene, scale, "low");
    this.#drawOverlays(context, scene, "sheet");
    if (scene.outlines.length > 0) drawOutlines(context, scene, this.#sheet);
    this.#drawOverlays(context, scene, "mark");
  }

  #drawOverlays(/** @type {Context} */ context, /** @type {Scene} */ scene, /** @type {import("./app.js").Overlay["level"]} */ wanted) {
    for (const { level, draw } of scene.overlays) {
      if (level !== wanted) continue;
      context.save();
      draw(context, scene);
      context.restore();
    }
  }
}

/**
 * Part of a rectangle in which anything is drawn.
 *
 * @param {{left: number, top: number, width: number, height: number}} part
 * @param {{width: number, height: number}} frame
 * @param {number} scale
 */
function withinImage(part, frame, scale) {
  const [left, top] = [max(part.left, -EDGE_PX), max(part.top, -EDGE_PX)];
  const right = min(part.left + part.width, ceil(frame.width * scale) + EDGE_PX);
  const bottom = min(part.top + part.height, ceil(frame.height * scale) + EDGE_PX);
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * Draws a sheet over the whole image; for overlays of the level `sheet`.
 *
 * @param {Context} context  in mask pixels
 * @param {OffscreenCanvas | ImageBitmap} sheet
 * @param {{frame: {width: number, height: number}}} scene
 * @param {number} scale     screen pixels a mask pixel
 * @param {ImageSmoothingQuality} [quality]
 */
export function drawSheet(context, sheet, { frame }, scale, quality = "high") {
  context.imageSmoothingEnabled = (scale * frame.width) / sheet.width < SQUARES_FROM_SCREEN_PIXELS;
  context.imageSmoothingQuality = quality;
  context.drawImage(sheet, 0, 0, frame.width, frame.height);
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {{scale: number, left: number, top: number}} sheet
 */
function drawOutlines(context, { view: { pixelRatio }, outlines }, { scale, left, top }) {
  for (const { shape, colour, fill } of outlines) {
    context.globalAlpha = fill;
    context.fillStyle = colour;
    if (fill > 0) context.fill(shape.pathFor(scale), "evenodd");
  }
  const pixels = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  const lines = outlines.map(({ shape, colour, dash, width, opacity }) => {
    // Gives the colour as #rrggbb.
    context.fillStyle = colour;
    const hex = Number.parseInt(String(context.fillStyle).slice(1), 16);
    return {
      rings: shape.ringsFor(scale),
      colour: [hex >> 16, (hex >> 8) & 255, hex & 255],
      opacity: opacity * Painter.opacity,
      width: (width ?? Painter.lineWidth) * pixelRatio,
      dash: dash.map((length) => length * pixelRatio),
    };
  });
  drawLines(pixels, lines, scale, left, top, pixelRatio);
  context.putImageData(pixels, 0, 0);
  context.globalAlpha = 1;
}

function drawScaleBar(/** @type {Context} */ context, /** @type {View} */ { scale, stage }, /** @type {number} */ spacingMm) {
  const pixelsAMm = scale / spacingMm;
  const longest = BAR_LENGTHS_MM.findLast((mm) => mm * pixelsAMm <= stage.width / 4);
  if (!longest) return;
  const [left, bottom] = [12.5, stage.height - 12.5];
  const right = left + longest * pixelsAMm;
  for (const [colour, width] of /** @type {const} */ ([["#000", 4], ["#fff", 1.5]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(left, bottom - 4);
    context.lineTo(left, bottom);
    context.lineTo(right, bottom);
    context.lineTo(right, bottom - 4);
    context.stroke();
  }
  const label = longest % 10 === 0 ? `${longest / 10} cm` : `${longest} mm`;
  context.font = "12px system-ui, sans-serif";
  context.strokeStyle = "#000";
  context.lineWidth = 3;
  context.strokeText(label, left + 4, bottom - 6);
  context.fillStyle = "#fff";
  context.fillText(label, left + 4, bottom - 6);
}

function drawCrosshair(/** @type {Context} */ context, /** @type {Point} */ point) {
  const [x, y] = [round(point.x) + 0.5, round(point.y) + 0.5];
  for (const [colour, width] of /** @type {const} */ ([["rgba(0,0,0,0.7)", 3], ["#fff", 1]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 12 * dx, y + 12 * dy);
    }
    context.stroke();
  }
}

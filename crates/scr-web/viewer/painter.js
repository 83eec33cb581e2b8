// Painter: draws the stage with radiograph, posterior, differences, outlines, scale bar and
// crosshair.
//
// Holds no state except its canvas; each frame comes with its scene.

/** @typedef {import("./view.js").View} View */

/**
 * @typedef {Object} Scene
 * @property {View} view
 * @property {CanvasImageSource | null} picture      the radiograph in its window
 * @property {OffscreenCanvas | null} posterior      with colours and opacity
 * @property {CanvasImageSource | null} differences  one pixel a mask pixel
 * @property {Outline[]} outlines                    the last on top
 * @property {number} lineWidth                      CSS pixels
 * @property {number} opacity                        of the outlines, 0 to 1
 * @property {boolean} crosshair                     marks the middle
 * @property {number | null} spacingMm               mm a mask pixel
 */

/** @typedef {{path: Path2D, colour: string, dash: number[]}} Outline */

/** Enlargement from which image pixels are drawn as squares, without smoothing. */
const SQUARES_FROM_SCREEN_PIXELS = 4;
const GROUND = "#000";
const HALO = "rgba(0, 0, 0, 0.5)";
/** Lengths of a scale bar, in mm. */
const BAR_LENGTHS_MM = [1, 2, 5, 10, 20, 50, 100];

export class Painter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  }

  #context;

  /** @param {Scene} scene */
  draw(scene) {
    const { view, picture } = scene;
    const context = this.#context;
    this.#resize(view);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    // The units are mask pixels from here on.
    const scale = view.scale * view.pixelRatio;
    const { x, y } = view.toScreen(0, 0);
    context.setTransform(scale, 0, 0, scale, x * view.pixelRatio, y * view.pixelRatio);
    if (picture) this.#drawSheet(picture, view, view.percent / 100);
    if (scene.posterior) this.#drawSheet(scene.posterior, view, (scale * view.frame.width) / scene.posterior.width);
    if (scene.differences) {
      context.globalAlpha = 0.55;
      this.#drawSheet(scene.differences, view, scale);
    }
    this.#drawOutlines(scene);
    context.globalAlpha = 1;
    context.setTransform(view.pixelRatio, 0, 0, view.pixelRatio, 0, 0);
    if (scene.spacingMm) this.#drawScaleBar(view, scene.spacingMm);
    if (scene.crosshair) this.#drawCrosshair(view);
  }

  /** @param {View} view */
  #resize({ stage, pixelRatio }) {
    const width = Math.round(stage.width * pixelRatio);
    const height = Math.round(stage.height * pixelRatio);
    // Setting the size clears the canvas and costs time, even without a change.
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  /**
   * @param {CanvasImageSource} sheet
   * @param {View} view
   * @param {number} enlargement  screen pixels a pixel of the sheet
   */
  #drawSheet(sheet, { frame }, enlargement) {
    this.#context.imageSmoothingEnabled = enlargement < SQUARES_FROM_SCREEN_PIXELS;
    this.#context.imageSmoothingQuality = "high";
    this.#context.drawImage(sheet, 0, 0, frame.width, frame.height);
  }

  /** @param {Scene} scene */
  #drawOutlines({ view, outlines, lineWidth, opacity }) {
    const context = this.#context;
    // Line widths do not scale with the canvas.
    const pixel = 1 / view.scale;
    context.lineJoin = "round";
    context.globalAlpha = opacity;
    for (const { path, colour, dash } of outlines) {
      context.setLineDash([]);
      context.strokeStyle = HALO;
      context.lineWidth = (lineWidth + 1.75) * pixel;
      context.stroke(path);
      context.setLineDash(dash.map((length) => length * pixel));
      context.strokeStyle = colour;
      context.lineWidth = lineWidth * pixel;
      context.stroke(path);
    }
    context.setLineDash([]);
  }

  /**
   * @param {View} view
   * @param {number} spacingMm
   */
  #drawScaleBar({ scale, stage }, spacingMm) {
    const pixelsAMm = scale / spacingMm;
    const longest = BAR_LENGTHS_MM.findLast((mm) => mm * pixelsAMm <= stage.width / 4);
    if (!longest) return;
    const context = this.#context;
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

  /** @param {View} view */
  #drawCrosshair({ stage }) {
    const context = this.#context;
    const [x, y] = [Math.round(stage.width / 2) + 0.5, Math.round(stage.height / 2) + 0.5];
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
}

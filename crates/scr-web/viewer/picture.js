// Picture: a radiograph with its histogram, and its greys in a grey window.
//
// Paints only on request of the bitmap, so several steps of a drag between two frames cost
// one painting. painter.js draws the bitmap on the screen.

import { floor, max, min } from "./math.js";
import { offscreen } from "./stage.js";
import { applyTable, countValues, keptWithin, lookupTable, windowOf } from "./window.js";

/** @typedef {import("./png.js").GreyImage} GreyImage */
/** @typedef {import("./window.js").GreyWindow} GreyWindow */
/** @typedef {string | [number, number] | null} Choice  a preset's name, values, or null: auto */

/** Values of a radiograph. */
export class Picture {
  /**
   * @param {GreyImage[]} levels  the image, and reduced ones, each half as wide and high as the one before
   * @param {Uint32Array} counts  histogram
   */
  constructor(levels, counts) {
    this.levels = levels;
    this.counts = counts;
    /** Largest value of the bits that any pixel uses: 4095 for 12-bit values in a file of 16 bits. */
    this.range = 2 ** Math.max(1, Math.ceil(Math.log2(counts.findLastIndex((count) => count > 0) + 1))) - 1;
  }

  /** The whole image. */
  get image() {
    return this.levels[0];
  }

  get maxValue() {
    return this.image.maxValue;
  }

  /**
   * Grey window of a preset for this radiograph.
   *
   * @param {string} name  `full`, `auto`, `lungs`, `dense` or `bone`
   * @param {Uint8Array | null} lungs  a value a pixel, zero outside the lungs
   * @returns {GreyWindow}
   */
  preset(name, lungs) {
    switch (name) {
      case "full":
        return windowOf(this.counts, 0, 1);
      case "lungs": {
        const inside = countValues(this.image.pixels, this.maxValue, lungs);
        return windowOf(inside, 0.01, 0.99);
      }
      case "dense":
        return windowOf(this.counts, 0.4, 0.999);
      case "bone":
        return windowOf(this.counts, 0.8, 0.9999);
      default:
        return windowOf(this.counts, 0.005, 0.995);
    }
  }
}

/** Grey window of a pane, and the picture in it. Linked panes share one. */
export class Greys {
  /** Choice as in the address; a preset is computed for each image. @type {Choice} */
  choice = null;
  invert = false;
  /** @type {GreyWindow} */
  window = [0, 1];
  /** @type {(ImageBitmap | undefined)[]} by level */
  #bitmaps = [];
  #painted = "";
  /** @type {Picture | null} */
  #of = null;

  /** Name of the chosen preset; null for values. */
  get preset() {
    return Array.isArray(this.choice) ? null : (this.choice ?? "auto");
  }

  /** Another one with the same window. */
  copy() {
    return Object.assign(new Greys(), { choice: this.choice, invert: this.invert, window: this.window });
  }

  /**
   * Sets the window.
   *
   * @param {Picture} picture
   * @param {Choice} wanted
   * @param {() => Promise<Uint8Array | null>} inLungs  pixels of the lungs
   */
  async set(picture, wanted, inLungs) {
    const choice = wanted === "auto" ? null : wanted;
    this.choice = choice;
    if (Array.isArray(choice)) {
      this.window = keptWithin(choice, picture.maxValue);
      return;
    }
    const lungs = choice === "lungs" ? await inLungs() : null;
    // The choice may have changed while the outlines loaded.
    if (this.choice === choice) this.window = picture.preset(choice ?? "auto", lungs);
  }

  /**
   * The picture in the window: the whole image, or a reduced one if it is drawn smaller.
   *
   * @param {Picture} picture
   * @param {number} scale  screen pixels an image pixel
   */
  bitmap(picture, scale) {
    const wanted = `${this.window} ${this.invert}`;
    if (wanted !== this.#painted || picture !== this.#of) {
      for (const bitmap of this.#bitmaps) bitmap?.close();
      this.#bitmaps = [];
      [this.#painted, this.#of] = [wanted, picture];
    }
    // A smooth reduction of less than two.
    const level = min(max(floor(-Math.log2(scale) + 1e-6), 0), picture.levels.length - 1);
    return (this.#bitmaps[level] ??= this.#paint(picture.levels[level]));
  }

  #paint(/** @type {GreyImage} */ image) {
    const { canvas, context } = offscreen(image, { alpha: false });
    const greys = new ImageData(image.width, image.height);
    applyTable(image.pixels, lookupTable(this.window, image.maxValue, this.invert), new Uint32Array(greys.data.buffer));
    context.putImageData(greys, 0, 0);
    return canvas.transferToImageBitmap();
  }
}

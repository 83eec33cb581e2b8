// Picture: a radiograph as a canvas of greys, in a grey window.
//
// Paints only on request of the canvas, so several steps of a drag between two frames cost
// one painting. painter.js draws the canvas on the screen.

import { offscreen } from "./stage.js";
import { applyTable, countValues, keptWithin, lookupTable, windowOf } from "./window.js";

/** @typedef {import("./png.js").GreyImage} GreyImage */
/** @typedef {import("./window.js").GreyWindow} GreyWindow */

export class Picture {
  /** @param {GreyImage} image */
  constructor(image) {
    this.image = image;
    this.counts = countValues(image.pixels, image.maxValue);
    this.invert = false;
    /** @type {GreyWindow} */
    this.window = this.preset("auto", null);
    const { canvas, context } = offscreen(image, { alpha: false });
    this.#canvas = canvas;
    this.#context = context;
    this.#greys = new ImageData(image.width, image.height);
  }

  #canvas;
  #context;
  #greys;
  #painted = "";

  get maxValue() {
    return this.image.maxValue;
  }

  /** @param {[number, number]} window */
  setWindow(window) {
    this.window = keptWithin(window, this.maxValue);
  }

  /**
   * Grey window of a preset for this radiograph.
   *
   * @param {string} name  `full`, `auto`, `lungs` or `dense`
   * @param {Uint8ClampedArray | null} lungs  a value a pixel, zero outside the lungs
   * @returns {GreyWindow}
   */
  preset(name, lungs) {
    switch (name) {
      case "full":
        return [0, this.maxValue];
      case "lungs": {
        const inside = countValues(this.image.pixels, this.maxValue, lungs);
        return windowOf(inside, 0.01, 0.99);
      }
      case "dense":
        return windowOf(this.counts, 0.4, 0.999);
      default:
        return windowOf(this.counts, 0.005, 0.995);
    }
  }

  /** Canvas of the radiograph in its window, in full size. */
  get canvas() {
    const wanted = `${this.window} ${this.invert}`;
    if (wanted !== this.#painted) {
      const table = lookupTable(this.window, this.maxValue, this.invert);
      applyTable(this.image.pixels, table, new Uint32Array(this.#greys.data.buffer));
      this.#context.putImageData(this.#greys, 0, 0);
      this.#painted = wanted;
    }
    return this.#canvas;
  }
}

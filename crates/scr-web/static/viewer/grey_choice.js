// Chosen grey window, and its values for this radiograph.
//
// A choice is what the address says: a preset's name, which fits each image
// anew, or two values. Presets' percentiles are picture.js's.

import { pixelsInside } from "./difference.js";

/** @typedef {import("./layers.js").Layers} Layers */
/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {string | [number, number] | null} Choice  null: nobody chose, so auto */

export class GreyChoice {
  /**
   * @param {Picture} picture
   * @param {Layers} layers
   * @param {{width: number, height: number}} frame
   */
  constructor(picture, layers, frame) {
    this.picture = picture;
    this.layers = layers;
    this.frame = frame;
    /** @type {Choice} */
    this.choice = null;
  }

  /** Structures that the preset `lungs` looks into; none where none are drawn. */
  get lungIds() {
    return this.layers.reference ? this.layers.allStructures.filter((id) => id.includes("lung")) : [];
  }

  /** Name of the preset that the window is; null for values. */
  get preset() {
    return Array.isArray(this.choice) ? null : (this.choice ?? "auto");
  }

  /** Sets the picture's window. */
  async set(/** @type {Choice} */ wanted) {
    const choice = wanted === "auto" ? null : wanted;
    this.choice = choice;
    if (Array.isArray(choice)) {
      this.picture.setWindow(choice);
      return;
    }
    const lungs = choice === "lungs" ? await this.#pixelsInLungs() : null;
    // While the outlines came, something else may have been chosen.
    if (this.choice === choice) this.picture.setWindow(this.picture.preset(choice ?? "auto", lungs));
  }

  async #pixelsInLungs() {
    const reference = this.layers.reference;
    await reference?.load();
    const paths = this.lungIds.map((id) => reference?.paths?.get(id)).filter((path) => path !== undefined);
    // An image without lungs would otherwise give a window of nothing.
    return paths.length > 0 ? pixelsInside(this.frame, this.picture.image, paths) : null;
  }
}

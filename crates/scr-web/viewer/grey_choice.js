// Chosen grey window, and its values for this radiograph.
//
// A choice has the form of the address: a preset's name, which is computed for each image,
// or two values. picture.js has the percentiles of the presets.

import { pixelsInside } from "./difference.js";

/** @typedef {import("./layers.js").Layers} Layers */
/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {string | [number, number] | null} Choice  null: auto */

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

  /** Structures of the preset `lungs`; empty without a reference. */
  get lungIds() {
    return this.layers.reference ? this.layers.allStructures.filter((id) => id.includes("lung")) : [];
  }

  /** Name of the chosen preset; null for values. */
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
    // The choice may have changed while the outlines loaded.
    if (this.choice === choice) this.picture.setWindow(this.picture.preset(choice ?? "auto", lungs));
  }

  async #pixelsInLungs() {
    const reference = this.layers.reference;
    await reference?.load();
    const paths = this.lungIds.map((id) => reference?.paths?.get(id)).filter((path) => path !== undefined);
    // An image without lungs would give an empty window.
    return paths.length > 0 ? pixelsInside(this.frame, this.picture.image, paths) : null;
  }
}

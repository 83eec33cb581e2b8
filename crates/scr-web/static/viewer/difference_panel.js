// Difference panel: chooses the entry whose differences from the reference are coloured.
//
// Draws no difference itself (difference.js) and scores nothing.

import { differenceSheet } from "./difference.js";

/** @typedef {import("./layers.js").Layers} Layers */

export class DifferencePanel {
  /**
   * @param {HTMLFormElement} form
   * @param {Layers} layers
   * @param {{width: number, height: number}} frame
   * @param {() => void} changed  called when there is something new to draw
   */
  constructor(form, layers, frame, changed) {
    const part = (/** @type {string} */ id) => /** @type {any} */ (form.querySelector(`#${id}`));
    /** @type {HTMLSelectElement} */
    this.select = part("difference-with");
    /** @type {HTMLElement} */
    this.legend = part("difference-legend");
    /** @type {HTMLElement} */
    this.name = part("difference-name");
    this.layers = layers;
    this.frame = frame;
    this.changed = changed;
    /** One pixel a mask pixel, null when no differences are shown. @type {OffscreenCanvas | null} */
    this.sheet = null;
    /** Observers can be compared with the reference too, as people are. */
    this.others = layers.all.filter((layer) => layer !== layers.reference);
    for (const layer of this.others) this.select.add(new Option(layer.name, `${layer.kind}:${layer.id}`));
    this.select.disabled = this.others.length === 0 || !layers.reference;
    this.select.addEventListener("change", () => this.choose(this.select.value));
  }

  /** Name in the address: `entries:ID`, `observers:ID` or "". */
  get value() {
    return this.select.value;
  }

  /** Shows the differences of one layer, or none for "". */
  async choose(/** @type {string} */ value) {
    this.select.value = value;
    // An address may name what this page does not list.
    if (this.select.selectedIndex < 0) this.select.value = "";
    await this.refresh();
    this.changed();
  }

  /** Turns them off, or on for the first other layer that is shown. */
  toggle() {
    const first = this.others.find((layer) => layer.isShown) ?? this.others[0];
    return this.choose(this.select.value || !first ? "" : `${first.kind}:${first.id}`);
  }

  /** Computes the sheet again, after another choice of layer or structures. */
  async refresh() {
    const layer = this.others.find(({ kind, id }) => `${kind}:${id}` === this.select.value);
    const reference = this.layers.reference;
    this.legend.hidden = !layer;
    this.name.textContent = layer?.name ?? "";
    if (!layer || !reference) {
      this.sheet = null;
      return;
    }
    await Promise.all([layer.load(), reference.load()]);
    if (layer.paths && reference.paths) {
      this.sheet = differenceSheet(this.frame, layer.paths, reference.paths, this.layers.structures);
    }
  }
}

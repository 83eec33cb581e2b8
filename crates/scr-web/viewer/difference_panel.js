// Difference panel: chooses the entry whose differences from the reference are coloured.
//
// difference.js computes the map. Computes no score.

import { differenceSheet } from "./difference.js";

/** @typedef {import("./layers.js").Layers} Layers */

export class DifferencePanel {
  /**
   * @param {HTMLFormElement} form
   * @param {Layers} layers
   * @param {{frame: {width: number, height: number}}} app
   * @param {() => void} changed  called after a change of the map
   */
  constructor(form, layers, app, changed) {
    const part = (/** @type {string} */ id) => /** @type {any} */ (form.querySelector(`#${id}`));
    /** @type {HTMLSelectElement} */
    this.select = part("difference-with");
    /** @type {HTMLElement} */
    this.legend = part("difference-legend");
    /** @type {HTMLElement} */
    this.name = part("difference-name");
    this.layers = layers;
    this.app = app;
    this.changed = changed;
    /** Map with one pixel a mask pixel; null when no differences are shown. @type {OffscreenCanvas | null} */
    this.sheet = null;
    /** Layers to compare with the reference: entries and observers. */
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
    // An address may name a layer that this page does not list.
    if (this.select.selectedIndex < 0) this.select.value = "";
    await this.refresh();
    this.changed();
  }

  /** Turns the differences off, or on for the first shown layer other than the reference. */
  toggle() {
    const first = this.others.find((layer) => this.layers.shown.includes(layer)) ?? this.others[0];
    return this.choose(this.select.value || !first ? "" : `${first.kind}:${first.id}`);
  }

  /** Computes the map again after a change of layer or structures. */
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
    if (layer.shapes && reference.shapes) {
      this.sheet = differenceSheet(this.app.frame, layer.shapes, reference.shapes, this.layers.structures);
    }
  }
}

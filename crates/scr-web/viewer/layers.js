// Layers: the outlines of an observer or an entry, one shape a structure.
//
// The page's form lists layers and structures; a checked box is a layer of the active pane. A layer
// fetches its outlines of an image on first use. viewer.css has colours and dashes. Draws nothing.

import { fetchShapes } from "./outlines.js";

/** @typedef {import("./outlines.js").Outlines} Outlines */

/** Outlines of one observer or entry. */
export class Layer {
  /** @param {HTMLInputElement} box  its check box */
  constructor(box) {
    this.box = box;
    this.id = box.value;
    /** `observers` or `entries` */
    this.kind = box.name;
    this.key = `${box.name}:${box.value}`;
    /** Its line of the list. */
    this.item = /** @type {HTMLElement} */ (box.closest("li"));
    this.name = this.item.querySelector("b")?.textContent ?? this.id;
    /** Address of the outlines in this image; "" without one. */
    this.href = box.dataset.outlinesHref ?? "";
    const style = getComputedStyle(this.item);
    this.colour = style.getPropertyValue("--layer-colour").trim() || "white";
    /** Dash pattern in CSS pixels; empty for a solid line. */
    this.dash = style.getPropertyValue("--layer-dash").split(/[\s,]+/).map(Number).filter((length) => length > 0);
    /** Opacity of its lines, 0 to 1. */
    this.opacity = 1;
    /** Opacity inside its outlines, 0 to 1. */
    this.fill = 0;
    /** Width of its lines in CSS pixels; null: that of all. @type {number | null} */
    this.width = null;
    /** @type {Outlines | null} of this image, once fetched */
    this.outlines = null;
  }

  /** @type {Promise<void> | null} */
  #loading = null;

  /** Shape of each structure; null before the outlines are fetched. */
  get shapes() {
    return this.outlines?.shapes ?? null;
  }

  /** Side of the blocks that the outlines follow; 1 for exact outlines. */
  get blockPx() {
    return this.outlines?.blockPx ?? 1;
  }

  /** True for loaded outlines without any shape. */
  get isEmpty() {
    return this.shapes?.size === 0;
  }

  /** Fetches the outlines once; a failed fetch can be retried. */
  load() {
    const { href } = this;
    this.#loading ??= fetchShapes(href)
      .then((outlines) => {
        // Another image may have come meanwhile.
        if (this.href === href) this.outlines = outlines;
      })
      .catch((cause) => {
        this.#loading = null;
        throw new Error(`the outlines of ${this.name} could not be fetched`, { cause });
      });
    return this.#loading;
  }

  /** Turns to another image. */
  turnTo(/** @type {string} */ href) {
    if (this.href === href) return;
    this.href = href;
    this.outlines = null;
    this.#loading = null;
  }
}

/** Layers and structures of the form. */
export class Layers {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    /** @type {Layer[]} */
    this.all = boxes(form, "#viewer-layers input").map((box) => new Layer(box));
    this.#structures = boxes(form, "#viewer-structures input");
    /** Observer of the reference. */
    this.reference = this.all.find((layer) => layer.kind === "observers") ?? null;
    /** False to hide all outlines. */
    this.areVisible = true;
    /** Colours by structure in place of those by layer, or null. @type {Map<string, string> | null} */
    this.structureColours = null;
    this.#shown = this.all.filter((layer) => layer.box.checked);
  }

  #structures;
  /** @type {Layer[]} */
  #shown;

  /** Layers of the active pane, in the form's order. */
  get shown() {
    return this.#shown;
  }

  set shown(shown) {
    this.#shown = this.all.filter((layer) => shown.includes(layer));
    for (const layer of this.all) layer.box.checked = shown.includes(layer);
  }

  /** Ids of the shown structures, in the form's order. */
  get structures() {
    return this.#structures.filter((box) => box.checked).map((box) => box.value);
  }

  set structures(ids) {
    for (const box of this.#structures) box.checked = ids.includes(box.value);
  }

  /** Ids of all structures. */
  get allStructures() {
    return this.#structures.map((box) => box.value);
  }

  get showsAllStructures() {
    return this.#structures.every((box) => box.checked);
  }

  /** Look of a layer's outline of a structure. */
  look(/** @type {Layer} */ { colour, dash, width, opacity, fill }, /** @type {string} */ id) {
    return { colour: this.structureColours?.get(id) ?? colour, dash, width, opacity, fill };
  }

  /** Name of a structure. */
  structureName(/** @type {string} */ id) {
    return this.#structures.find((box) => box.value === id)?.dataset.name ?? id;
  }

  /** Layer of a key, `entries:ID` or `observers:ID`. */
  withKey(/** @type {string} */ key) {
    return this.all.find((layer) => layer.key === key);
  }

  /** @returns {string[]} ids of the shown layers of a kind */
  idsShown(/** @type {string} */ kind) {
    return this.shown.filter((layer) => layer.kind === kind).map((layer) => layer.id);
  }
}

/** @returns {HTMLInputElement[]} */
function boxes(/** @type {HTMLFormElement} */ form, /** @type {string} */ selector) {
  return [...form.querySelectorAll(selector)].map((box) => /** @type {HTMLInputElement} */ (box));
}

// Posterior panel: chooses the entry and the structure whose posterior overlays the
// radiograph.
//
// painter.js draws the overlay, heat.js has the colours. Without a structure, each pixel shows
// its most probable one.

import { CERTAIN, heatColour, heatTable, mostProbable } from "./heat.js";
import { fetchGrey } from "./radiograph.js";
import { applyTable } from "./window.js";

/** @typedef {import("./layers.js").Layers} Layers */
/** @typedef {import("./png.js").GreyImage} GreyImage */
/** @typedef {{id: string, map: GreyImage}} Posterior  of one structure */

export class PosteriorPanel {
  /**
   * @param {HTMLFormElement} form  of a page that lists an entry with posteriors
   * @param {Layers} layers
   * @param {() => void} changed    called after a change of the overlay
   */
  constructor(form, layers, changed) {
    const part = (/** @type {string} */ id) => /** @type {any} */ (form.querySelector(`#${id}`));
    /** @type {HTMLSelectElement} */
    this.entry = part("posterior-of");
    /** @type {HTMLSelectElement} */
    this.structure = part("posterior-structure");
    /** @type {HTMLElement} */
    this.legend = part("posterior-legend");
    this.layers = layers;
    this.changed = changed;
    /** Heat map; null when no posterior is shown. @type {OffscreenCanvas | null} */
    this.sheet = null;
    paintScale(part("posterior-scale"));
    for (const select of [this.entry, this.structure]) select.addEventListener("change", () => this.choose(this.value));
    this.#allow();
  }

  /** @type {Posterior[]} posteriors of the heat map */
  #shown = [];
  /** @type {Map<string, Promise<GreyImage | null>>} by address */
  #fetched = new Map();
  #table = heatTable();
  #lastEntry = "";

  /** Name in the address: `ENTRY`, `ENTRY:STRUCTURE` or "". */
  get value() {
    const [entry, structure] = [this.entry.value, this.structure.value];
    return entry && structure ? `${entry}:${structure}` : entry;
  }

  /** Description for the status line. */
  get summary() {
    if (!this.entry.value) return "no posterior shown";
    if (!this.sheet) return `${chosen(this.entry)} has no posterior in this image`;
    return `posterior of ${chosen(this.entry)}: ${chosen(this.structure)}`;
  }

  /** Shows the posterior of this name in the address, or none for "". */
  async choose(/** @type {string} */ value) {
    const [entry, structure] = value.split(":");
    this.entry.value = entry;
    // An address may name an entry that this page does not list.
    if (this.entry.selectedIndex < 0) this.entry.value = "";
    if (entry) this.structure.value = structure ?? "";
    this.#allow();
    await this.#refresh();
    this.changed();
  }

  /** Turns to another image, whose page has other addresses. */
  async turnTo(/** @type {Document} */ page) {
    for (const option of this.entry.options) {
      const other = /** @type {HTMLOptionElement | null} */ (page.querySelector(`#posterior-of option[value="${CSS.escape(option.value)}"]`));
      if (option.value) option.dataset.posteriors = other?.dataset.posteriors ?? "{}";
    }
    await this.#refresh();
    this.changed();
  }

  /** Turns the overlay off, or on for the last chosen entry, otherwise for the first shown. */
  toggle() {
    if (this.entry.value) return this.choose("");
    const ids = [...this.entry.options].map((option) => option.value).filter(Boolean);
    const shown = this.layers.idsShown("entries");
    const entry = this.#lastEntry || (ids.find((id) => shown.includes(id)) ?? ids[0]);
    return this.choose([entry, this.structure.value].filter(Boolean).join(":"));
  }

  /** Shows the next structure of the entry; after the last, the most probable one. */
  nextStructure() {
    const ids = [...this.structure.options].filter((option) => !option.disabled).map((option) => option.value);
    this.structure.value = ids[(ids.indexOf(this.structure.value) + 1) % ids.length];
    return this.choose(this.value);
  }

  /**
   * Probability at a point, in words; "" without an overlay.
   *
   * @param {number} across  share of the width, below 1
   * @param {number} down    share of the height, below 1
   */
  describe(across, down) {
    let [best, highest] = ["", -1];
    for (const { id, map } of this.#shown) {
      const value = map.pixels[Math.floor(down * map.height) * map.width + Math.floor(across * map.width)];
      if (value > highest) [best, highest] = [id, value];
    }
    return best ? `${chosen(this.entry)}: ${(highest / CERTAIN).toFixed(2)} ${this.layers.structureName(best)}` : "";
  }

  /** Addresses by structure, of the chosen entry. @returns {Record<string, string>} */
  get #addresses() {
    return JSON.parse(this.entry.selectedOptions[0]?.dataset.posteriors ?? "{}");
  }

  /** Offers the structures of the entry. */
  #allow() {
    const addresses = this.#addresses;
    this.structure.disabled = !this.entry.value;
    for (const option of this.structure.options) option.disabled = Boolean(option.value) && !Object.hasOwn(addresses, option.value);
    if (this.entry.value && this.structure.selectedOptions[0]?.disabled !== false) this.structure.value = "";
    if (this.entry.value) this.#lastEntry = this.entry.value;
  }

  async #refresh() {
    const wanted = this.value;
    this.legend.hidden = !wanted;
    const addresses = Object.entries(this.#addresses).filter(([id]) => !this.structure.value || id === this.structure.value);
    const maps = await Promise.all(addresses.map(async ([id, address]) => ({ id, map: await this.#load(address) })));
    // The choice may have changed while the files loaded.
    if (this.value !== wanted) return;
    this.#shown = maps.flatMap(({ id, map }) => (map ? [{ id, map }] : []));
    this.sheet = this.#shown.length > 0 ? this.#heat(this.#shown.map(({ map }) => map)) : null;
  }

  /** Fetches a posterior once; a failed fetch can be retried. */
  #load(/** @type {string} */ address) {
    const fetched = this.#fetched.get(address) ?? fetchPosterior(address);
    this.#fetched.set(address, fetched);
    return fetched.catch((cause) => {
      this.#fetched.delete(address);
      throw new Error(`the posterior of ${chosen(this.entry)} could not be fetched`, { cause });
    });
  }

  #heat(/** @type {GreyImage[]} */ maps) {
    const { width, height } = maps[0];
    const sheet = new OffscreenCanvas(width, height);
    const colours = new ImageData(width, height);
    applyTable(mostProbable(maps.map((map) => map.pixels)), this.#table, new Uint32Array(colours.data.buffer));
    sheet.getContext("2d")?.putImageData(colours, 0, 0);
    return sheet;
  }
}

/** @returns {Promise<GreyImage | null>} null if the entry does not cover the image */
async function fetchPosterior(/** @type {string} */ address) {
  return (await fetchGrey(address))?.levels[0] ?? null;
}

/** Colour bar: probability 0 at the left, 1 at the right. */
function paintScale(/** @type {HTMLCanvasElement} */ canvas) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  for (let x = 0; x < canvas.width; x++) {
    context.fillStyle = `rgb(${heatColour(x / (canvas.width - 1)).join()})`;
    context.fillRect(x, 0, 1, canvas.height);
  }
}

function chosen(/** @type {HTMLSelectElement} */ select) {
  return select.selectedOptions[0]?.label ?? "";
}

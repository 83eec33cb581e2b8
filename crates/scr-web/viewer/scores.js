// Table of scores of the shown entries and observers.
//
// Formats no number: the server renders a table with the scores of all layers, and this module
// selects the rows of the shown ones, so all tables look the same. It fetches the full table
// at the first change of layers.

/** @typedef {import("./layers.js").Layer} Layer */

/** Table of scores in its section. */
export class Scores {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.#shown = "";
    this.#table = null;
  }

  #shown;
  /** @type {Promise<Element | null> | null} */
  #table;

  /** @returns {HTMLAnchorElement | null} */
  get #all() {
    return this.section.querySelector("#all-scores");
  }

  /** Sets the layers of the table on the page, which may leave some out. */
  startWith(/** @type {Layer[]} */ layers) {
    this.#shown = this.section.hasAttribute("data-partial") ? "?" : keysOf(layers).join();
  }

  /** Turns to another image: its table is fetched at the next change. */
  turnTo() {
    this.#shown = "?";
    this.#table = null;
  }

  /**
   * @param {Layer[]} layers
   * @returns {Promise<void>} resolves once the table has these layers or newer ones
   */
  async show(layers) {
    const keys = keysOf(layers);
    if (keys.join() === this.#shown || !this.#all) return;
    this.#shown = keys.join();
    this.#table ??= fetchTable(this.#all.href);
    try {
      const whole = await this.#table;
      if (keys.join() === this.#shown) this.#put(whole, keys);
    } catch (cause) {
      this.#shown = "?";
      this.#table = null;
      throw new Error("the scores could not be fetched", { cause });
    }
  }

  #put(/** @type {Element | null} */ whole, /** @type {string[]} */ keys) {
    const table = /** @type {Element | undefined} */ (whole?.cloneNode(true));
    for (const row of table?.querySelectorAll("[data-layer]") ?? []) if (!keys.includes(row.getAttribute("data-layer") ?? "")) row.remove();
    const isEmpty = !table?.querySelector("[data-layer]");
    this.section.querySelector(".table-box")?.remove();
    if (table && !isEmpty) this.section.prepend(table);
    this.section.querySelector(".no-scores")?.toggleAttribute("hidden", !isEmpty);
  }
}

/** @returns {Promise<Element | null>} null if no layer has scores for this image */
async function fetchTable(/** @type {string} */ href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("#scores .table-box");
}

/** Keys of the rows of layers. */
function keysOf(/** @type {Layer[]} */ layers) {
  return layers.map(({ key }) => key);
}

// Keeps the table of scores in step with the entries and observers shown.
//
// Formats no number: the server draws a table of every layer's scores, and this
// takes the rows of those that are shown from it, so that each table looks the same
// however it came about. That table is fetched when another is first wanted.

/** @typedef {import("./layers.js").Layer} Layer */

/** Takes over the table's section. */
export class Scores {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    /** @type {HTMLAnchorElement | null} */
    this.all = section.querySelector("#all-scores");
    this.#shown = "";
    /** @type {Promise<Element | null> | null} */
    this.#table = null;
  }

  #shown;
  #table;

  /** Says whom the table on the page is of. */
  startWith(/** @type {Layer[]} */ layers) {
    this.#shown = keysOf(layers).join();
  }

  /**
   * @param {Layer[]} layers
   * @returns {Promise<void>} when the table is theirs, or of a newer choice
   */
  async show(layers) {
    const keys = keysOf(layers);
    if (keys.join() === this.#shown || !this.all) return;
    this.#shown = keys.join();
    this.#table ??= fetchTable(this.all.href);
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

/** @returns {Promise<Element | null>} none where nobody has scores on this image */
async function fetchTable(/** @type {string} */ href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("#scores .table-box");
}

/** What rows call the layers that they are of. */
function keysOf(/** @type {Layer[]} */ layers) {
  return layers.map((layer) => `${layer.kind}:${layer.id}`);
}

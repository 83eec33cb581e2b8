// Keeps the table of scores in step with the entries shown.
//
// Formats no number: the server draws the table for an address, and this takes
// it from there, so that each table looks the same however it came about.

/** Takes over the table's section. */
export class Scores {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.#shown = "";
    /** @type {AbortController | null} */
    this.#fetching = null;
  }

  #shown;
  #fetching;

  /** Says which entries the table on the page is of. */
  startWith(/** @type {string[]} */ entries) {
    this.#shown = entries.join();
  }

  /**
   * @param {string[]} entries  ids, in the form's order
   * @returns {Promise<void>} when the table is that of these entries, or of newer ones
   */
  async show(entries) {
    if (entries.join() === this.#shown) return;
    this.#shown = entries.join();
    this.#fetching?.abort();
    this.#fetching = new AbortController();
    // No observers: the answer then holds no outlines that nobody looks at.
    const query = `?observers=&structures=&entries=${entries.map(encodeURIComponent).join(",")}`;
    try {
      const response = await fetch(location.pathname + query, { signal: this.#fetching.signal });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(this.section.id);
      if (!fresh) throw new Error("the page has no scores");
      this.section.replaceChildren(...fresh.childNodes);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") return;
      this.#shown = "?";
      throw new Error("the scores could not be fetched", { cause });
    }
  }
}

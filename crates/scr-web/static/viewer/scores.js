// Keeps the table of scores in step with the entries and observers shown.
//
// Formats no number: the server draws the table for an address, and this takes
// it from there, so that each table looks the same however it came about.

/** @typedef {{entries: string[], observers: string[]}} Scored  ids, in the form's order */

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

  /** Says whom the table on the page is of. */
  startWith(/** @type {Scored} */ scored) {
    this.#shown = queryOf(scored);
  }

  /**
   * @param {Scored} scored
   * @returns {Promise<void>} when the table is theirs, or of a newer choice
   */
  async show(scored) {
    const query = queryOf(scored);
    if (query === this.#shown) return;
    this.#shown = query;
    this.#fetching?.abort();
    this.#fetching = new AbortController();
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

/** No structures: the answer then holds no outlines that nobody looks at. */
function queryOf(/** @type {Scored} */ { entries, observers }) {
  const [drawn, watched] = [entries, observers].map((ids) => ids.map(encodeURIComponent).join(","));
  return `?structures=&observers=${watched}&entries=${drawn}`;
}

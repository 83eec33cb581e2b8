// Status line, which screen readers read out after a change.

/** Delay of a message, so that a drag or a series of key presses is announced once. */
const DELAY_MS = 350;

export class Status {
  /** @param {HTMLElement} line  with aria-live */
  constructor(line) {
    this.line = line;
    this.#timer = 0;
  }

  #timer;

  /** Announces a text after a moment without a newer one. */
  sayLater(/** @type {string | null} */ text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.line.classList.remove("failed");
      this.line.textContent = text;
    }, DELAY_MS);
  }

  /** Announces a failure at once, and logs its cause to the console. */
  fail(/** @type {unknown} */ error) {
    clearTimeout(this.#timer);
    console.error(error);
    const text = error instanceof Error ? error.message : String(error);
    this.line.classList.add("failed");
    this.line.textContent = text.charAt(0).toUpperCase() + text.slice(1);
  }
}

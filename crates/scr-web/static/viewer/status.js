// Status line, which screen readers read out after a change.

/** Long enough that a drag or a row of key presses is told once. */
const DELAY_MS = 350;

export class Status {
  /** @param {HTMLElement} line  with aria-live */
  constructor(line) {
    this.line = line;
    this.#timer = 0;
  }

  #timer;

  /** Tells it once nothing newer has come for a moment. */
  sayLater(/** @type {string | null} */ text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.line.classList.remove("failed");
      this.line.textContent = text;
    }, DELAY_MS);
  }

  /** Tells at once what failed, and keeps the cause for the console. */
  fail(/** @type {unknown} */ error) {
    clearTimeout(this.#timer);
    console.error(error);
    const text = error instanceof Error ? error.message : String(error);
    this.line.classList.add("failed");
    this.line.textContent = text.charAt(0).toUpperCase() + text.slice(1);
  }
}

// Keyboard commands: one table for the keys and for the help on them.
//
// The page can turn single letters off (WCAG 2.1.4: speech input, accidental keys). Arrows
// move the image only while a pane has the focus; pane.js handles them.

/**
 * Row of the table.
 *
 * @typedef {Object} Command
 * @property {string[]} keys                  values of KeyboardEvent.key; empty for a gesture
 * @property {string} [shown]                 in place of the keys in the help
 * @property {string} does
 * @property {(key: string) => void} [run]
 * @property {() => void} [release]           when the key goes up
 */

import { make } from "./document.js";

export class Keys {
  /** @param {HTMLInputElement} singleKeys  switch for single letters */
  constructor(singleKeys) {
    this.singleKeys = singleKeys;
    /** @type {Command[]} */
    this.rows = [];
    document.addEventListener("keydown", (event) => this.#press(event));
    document.addEventListener("keyup", (event) => {
      if (event.key === this.#held?.key) this.#release();
    });
    globalThis.addEventListener("blur", () => this.#release());
  }

  /** @type {Map<string, Command>} */
  #commands = new Map();
  /** @type {{key: string, release: () => void} | null} */
  #held = null;

  add(/** @type {Command} */ command) {
    this.rows.push(command);
    for (const key of command.keys) this.#commands.set(key, command);
  }

  /** Writes the table into a `dl`. */
  write(/** @type {HTMLElement} */ list) {
    list.replaceChildren(
      ...this.rows.map(({ keys, shown, does }) => {
        const row = make("div");
        const names = shown ? [shown] : keys.map((key) => (key === "-" ? "−" : key));
        const term = make("dt");
        for (const name of names) term.append(make("kbd", "", name), " ");
        row.append(term, make("dd", "", does));
        return row;
      }),
    );
  }

  #press(/** @type {KeyboardEvent} */ event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const command = this.#commands.get(key);
    if (!command?.run || !this.singleKeys.checked || takes(event.target, key)) return;
    event.preventDefault();
    if (event.repeat && command.release) return;
    if (command.release) this.#held = { key, release: command.release };
    command.run(key);
  }

  #release() {
    const held = this.#held;
    this.#held = null;
    held?.release();
  }
}

/** True for an element that needs the key itself: text, or the space that presses a button. */
function takes(/** @type {EventTarget | null} */ target, /** @type {string} */ key) {
  if (!(target instanceof HTMLElement)) return false;
  if (key === " " && target.closest("button, input, select, a, summary, [role=slider]")) return true;
  if (target.closest("dialog")) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "range", "button", "submit", "radio", "color"].includes(target.type);
  return target.isContentEditable || ["SELECT", "TEXTAREA"].includes(target.tagName);
}

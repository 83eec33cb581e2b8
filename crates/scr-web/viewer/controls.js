// Controls: short forms of the seam (app.js), buttons that stay pressed, and selects whose value is in
// the address.

import { byId } from "./document.js";

/** @typedef {import("./app.js").App} App */

/** Says a text in the status line. */
export const say = (/** @type {App} */ app, /** @type {string} */ text) => app.status.sayLater(text);

/** @param {App} app @param {string} key @param {string} does @param {() => void} run */
export const addKey = (app, key, does, run) => app.keys.add({ keys: [key], does, run });

/** @param {App} app @param {string} name @param {import("./app.js").Option["read"]} read @param {() => string} write @param {boolean} [isOfImage] */
export const addOption = (app, name, read, write, isOfImage) => app.options.push({ name, read, write, isOfImage });

/** @param {App} app @param {import("./app.js").Overlay["level"]} level @param {import("./app.js").Overlay["draw"]} draw */
export const addOverlay = (app, level, draw) => app.overlays.push({ level, draw });

/**
 * Button that stays pressed, with its key. Its title says what it does.
 *
 * @param {App} app
 * @param {string} id  of the button
 * @param {string} key
 * @param {() => void} changed  after a press
 */
export function addToggle(app, id, key, changed) {
  /** @type {HTMLButtonElement} */
  const button = byId(id);
  const isOn = () => button.ariaPressed === "true";
  const set = (/** @type {boolean} */ on) => void (button.ariaPressed = String(on));
  const press = () => {
    set(!isOn());
    say(app, `${button.textContent}: ${isOn() ? "on" : "off"}`);
    changed();
  };
  button.onclick = press;
  addKey(app, key, button.title, press);
  button.title += ` (${key})`;
  return { button, isOn, set };
}

/** Selects an option, or the first where there is none of this value; the page says so. */
export function choose(/** @type {HTMLSelectElement} */ select, /** @type {string | null} */ value) {
  select.value = value ?? "";
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

/** Shows a text in an element, which is hidden without one. */
export function write(/** @type {string} */ id, /** @type {string} */ text) {
  const element = byId(id);
  element.textContent = text;
  element.hidden = !text;
}

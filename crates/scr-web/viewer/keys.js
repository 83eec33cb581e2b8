// Keyboard commands.
//
// The page can turn single letters off (WCAG 2.1.4: speech input, accidental keys). Arrows
// move the image only while the stage has the focus.

/** @typedef {Record<string, () => void>} Commands  command of each key */

/**
 * @param {Object} where
 * @param {HTMLElement} where.stage
 * @param {HTMLInputElement} where.singleKeys   switch for single letters
 * @param {Commands} where.anywhere             keys that act on the whole page
 * @param {(right: number, down: number) => void} where.move  CSS pixels
 */
export function listenToKeys({ stage, singleKeys, anywhere, move }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.activeElement === stage && moveByArrow(event, move)) {
      event.preventDefault();
      return;
    }
    const command = Object.hasOwn(anywhere, event.key) ? anywhere[event.key] : null;
    if (!command || !singleKeys.checked || takesText(event.target)) return;
    event.preventDefault();
    command();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {(right: number, down: number) => void} move
 */
function moveByArrow(event, move) {
  const step = event.shiftKey ? 4 : 48;
  // An arrow moves the view, so the image moves the other way.
  const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
  const wanted = Object.hasOwn(moves, event.key) ? moves[/** @type {keyof typeof moves} */ (event.key)] : null;
  if (wanted) move(wanted[0], wanted[1]);
  return wanted !== null;
}

/** True for an element that takes letters or digits. */
function takesText(/** @type {EventTarget | null} */ target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "range", "button", "submit"].includes(target.type);
  return target.isContentEditable || ["SELECT", "TEXTAREA"].includes(target.tagName);
}

// Keeps a control's setting from page to page, where the browser lets us.
//
// For the reader's own taste only (line width, keys). What is shown of the
// data stands in the address, so that it can be linked.

/** @param {HTMLInputElement} control  with an id */
export function remember(control) {
  const name = `scr-viewer-${control.id}`;
  const isBox = control.type === "checkbox";
  try {
    const kept = localStorage.getItem(name);
    if (kept !== null && isBox) control.checked = kept === "on";
    else if (kept !== null) control.value = kept;
    control.addEventListener("change", () => {
      localStorage.setItem(name, isBox ? (control.checked ? "on" : "off") : control.value);
    });
  } catch {
    // Storage is forbidden: the setting then holds for this page.
  }
}

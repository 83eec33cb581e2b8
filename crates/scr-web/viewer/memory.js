// Stored settings: keeps the value of a control in the browser's storage.
//
// For preferences only (line width, keys). The address holds the view of the data, so that
// it can be linked.

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
    // Without storage the setting holds for this page.
  }
}

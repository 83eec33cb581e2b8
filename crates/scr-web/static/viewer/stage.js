// The elements of the stage that only a script needs: the canvas, notes.

/**
 * A canvas for the radiograph that keys and pointers can act on.
 *
 * @param {string} image  identifier
 */
export function makeCanvas(image) {
  const canvas = document.createElement("canvas");
  canvas.className = "viewer-canvas";
  canvas.tabIndex = 0;
  // Screen readers then hand the arrow keys through.
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "radiograph viewer");
  canvas.setAttribute("aria-label", `Radiograph ${image}: arrow keys move, plus and minus zoom`);
  canvas.setAttribute("aria-describedby", "viewer-probe");
  return canvas;
}

/**
 * Says below the stage what the reader should know of the picture.
 *
 * @param {HTMLElement} stage
 * @param {string} text
 */
export function addNote(stage, text) {
  const note = document.createElement("p");
  note.className = "viewer-note";
  note.textContent = text;
  stage.after(note);
}

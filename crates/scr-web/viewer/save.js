// Saved picture: a PNG of what is shown, with legend, citation and address below it.
//
// Part of the viewer (app.js). The scale bar is in the picture itself.

import { addKey, say } from "./controls.js";
import { byId } from "./document.js";
import { ceil, floor } from "./math.js";
import { offscreen } from "./stage.js";

/** @typedef {import("./app.js").App} App */

const LINE_PX = 18;
const MARGIN_PX = 12;
const FONT = "13px monospace";
/** Of a letter of the font. */
const LETTER_PX = 8;

/** Installs the part. */
export function installSave(/** @type {App} */ app) {
  const button = byId("tool-save");
  // main.js reports failures.
  button.onclick = async () => {
    app.writeDown();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await drawn(app));
    link.download = `${app.image.id}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
    say(app, `picture saved as ${link.download}`);
  };
  addKey(app, "S", button.title, () => button.click());
}

/** Legends of the page that the picture repeats. */
const LEGENDS = "#error-counts:not([hidden]) tr, p.viewer-words:not([hidden]), #ctr-list li";

function drawn(/** @type {App} */ app) {
  const ratio = devicePixelRatio;
  const { left, top, width, height: stage } = app.stage.getBoundingClientRect();
  const legends = [...document.querySelectorAll(LEGENDS)].map((legend) => /** @type {HTMLElement} */ (legend).innerText.replace(/\s+/g, " "));
  const texts = [...legends, `${document.title}. ${app.figure.dataset.citation ?? ""}`, location.href];
  const lines = texts.flatMap((text) => wrap(text, floor((width - 2 * MARGIN_PX) / LETTER_PX)));
  const layers = app.layers.areVisible ? app.layers.shown : [];
  const height = stage + (layers.length + lines.length) * LINE_PX + 2 * MARGIN_PX;
  const { canvas, context } = offscreen({ width: ceil(width * ratio), height: ceil(height * ratio) });
  context.scale(ratio, ratio);
  context.fillRect(0, 0, width, height);
  for (const { canvas: pane } of app.panes) {
    const box = pane.getBoundingClientRect();
    context.drawImage(pane, box.left - left, box.top - top, box.width, box.height);
  }
  context.font = FONT;
  context.fillStyle = "#fff";
  context.lineWidth = 2.5;
  let y = stage + MARGIN_PX + LINE_PX / 2;
  for (const { name, colour, dash } of layers) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(MARGIN_PX, y - 4);
    context.lineTo(MARGIN_PX + 36, y - 4);
    context.stroke();
    context.fillText(name, MARGIN_PX + 46, y);
    y += LINE_PX;
  }
  for (const line of lines) {
    context.fillText(line, MARGIN_PX, y);
    y += LINE_PX;
  }
  return canvas.convertToBlob();
}

/**
 * Lines of a text, broken after blanks, commas and `&`; a longer word is cut.
 *
 * @param {string} text
 * @param {number} length  of a line, in letters
 * @returns {string[]} empty for ""
 */
function wrap(text, length) {
  return text.match(new RegExp(`.{1,${length - 1}}([\\s,&]|$)|.{1,${length}}`, "g")) ?? [];
}

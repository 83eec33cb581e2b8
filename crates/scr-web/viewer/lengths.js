// Lengths in words: in mm where the spacing is known, otherwise in pixels, as scores give them.

import { abs } from "./math.js";

/** @typedef {import("./app.js").App} App */

/**
 * @param {App} app
 * @param {number} pixels
 * @param {boolean} [isSigned]
 */
export function lengthText({ spacingMm }, pixels, isSigned) {
  const sign = pixels < 0 ? "−" : isSigned && pixels > 0 ? "+" : "";
  return sign + (abs(pixels) * (spacingMm ?? 1)).toFixed(spacingMm ? 2 : 1) + (spacingMm ? " mm" : " px");
}

/** Length in mm with the pixels, or in pixels only. */
export const bothTexts = (/** @type {App} */ app, /** @type {number} */ pixels) => lengthText(app, pixels) + (app.spacingMm ? ` (${pixels.toFixed(1)} px)` : "");

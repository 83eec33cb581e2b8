// Difference map: a coloured canvas of the pixels where an entry and the reference disagree.
//
// Computes no score; the server does. The map has one pixel for each pixel of the masks;
// outlines run along pixel edges, so it is exact.

import { offscreen } from "./stage.js";

/** Okabe-Ito vermillion and sky blue, distinct for every kind of colour vision. */
export const EXTRA_COLOUR = "#d55e00";
export const MISSING_COLOUR = "#56b4e9";

/** @typedef {Map<string, import("./shape.js").Shape>} Paths  structure to outlines */

/**
 * @param {{width: number, height: number}} frame
 * @param {Paths} entry
 * @param {Paths} reference
 * @param {string[]} structures  ids to compare
 * @returns {OffscreenCanvas} transparent where both agree
 */
export function differenceSheet(frame, entry, reference, structures) {
  const { canvas: sheet, context } = offscreen(frame);
  for (const id of structures) {
    const [predicted, drawn] = [entry.get(id)?.path, reference.get(id)?.path];
    // Structures without masks in the entry are not compared.
    if (!predicted || !drawn) continue;
    context.drawImage(onlyIn(frame, predicted, drawn, EXTRA_COLOUR), 0, 0);
    context.drawImage(onlyIn(frame, drawn, predicted, MISSING_COLOUR), 0, 0);
  }
  return sheet;
}

/**
 * @param {{width: number, height: number}} frame
 * @param {Path2D} inside
 * @param {Path2D} outside
 * @param {string} colour
 */
function onlyIn(frame, inside, outside, colour) {
  const { canvas, context } = offscreen(frame);
  context.fillStyle = colour;
  context.fill(inside, "evenodd");
  context.globalCompositeOperation = "destination-out";
  context.fill(outside, "evenodd");
  return canvas;
}

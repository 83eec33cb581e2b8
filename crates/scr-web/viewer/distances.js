// Boundary distances of two masks, defined as those of scr-measures (distances.rs): from the
// centre of each boundary pixel to the nearest centre of the other boundary.
//
// In pixels: the page knows one spacing for both directions or none. Arithmetic only, without canvas
// or page.

import { boundary, traced } from "./masks.js";
import { floor, hypot, sqrt } from "./math.js";

/** @typedef {import("./masks.js").Mask} Mask */
/** @typedef {import("./masks.js").Size} Size */
/** @typedef {{from: [number, number], to: [number, number], length: number}} Segment */

/**
 * Nearest of some pixels: a function from a pixel to the squared distance and the index of the nearest.
 *
 * @param {number[]} targets  row by row
 * @param {number} width
 */
function nearestOf(targets, width) {
  /** @type {number[][]} rows of the targets by column */
  const columns = Array.from({ length: width }, () => []);
  for (const target of targets) columns[target % width].push(floor(target / width));
  return (/** @type {number} */ pixel) => {
    const column = pixel % width;
    const row = (pixel - column) / width;
    let [square, nearest] = [Infinity, -1];
    for (let away = 0; away < width && away * away < square; away++) {
      for (const at of [column - away, column + away]) {
        for (const other of columns[at] ?? []) {
          const found = away * away + (other - row) ** 2;
          if (found < square) [square, nearest] = [found, other * width + at];
        }
      }
    }
    return { square, nearest };
  };
}

/**
 * Worst point: the pair of boundary pixels at the Hausdorff distance. Of several, the first in
 * the reference, otherwise the first in the prediction.
 *
 * @param {Mask} reference
 * @param {Mask} prediction
 * @param {Size} size
 * @returns {Segment | null} from the reference's boundary to the prediction's, or the reverse;
 *   null where the distance is undefined or both masks are empty
 */
export function worstPoint(reference, prediction, size) {
  const both = [reference, prediction].map((mask) => boundary(mask, size));
  if (both.some((pixels) => pixels.length === 0)) return null;
  let [worst, from, to] = [-1, 0, 0];
  for (const side of [0, 1]) {
    const nearest = nearestOf(both[1 - side], size.width);
    for (const pixel of both[side]) {
      const found = nearest(pixel);
      if (found.square > worst) [worst, from, to] = [found.square, pixel, found.nearest];
    }
  }
  return { from: centre(from, size), to: centre(to, size), length: sqrt(worst) };
}

/**
 * Signed distances along the outlines of a prediction: positive outside the reference, negative
 * inside, 0 on its boundary.
 *
 * @param {Mask} reference
 * @param {Mask} prediction
 * @param {Size} size
 * @returns {Step[][]} by outline; empty if one mask is
 */
export function signedDistances(reference, prediction, size) {
  const targets = boundary(reference, size);
  if (targets.length === 0) return [];
  const nearest = nearestOf(targets, size.width);
  /** @type {Map<number, number>} by pixel */
  const known = new Map();
  return traced(prediction, size).map((steps) => {
    let along = 0;
    let last = centre(steps[2], size);
    /** @type {Step[]} */
    const line = [];
    for (let i = 0; i < steps.length; i += 3) {
      const pixel = steps[i + 2];
      const [x, y] = centre(pixel, size);
      along += hypot(x - last[0], y - last[1]);
      last = [x, y];
      const value = known.get(pixel) ?? (sqrt(nearest(pixel).square) * (reference[pixel] ? -1 : 1) || 0);
      known.set(pixel, value);
      const next = (i + 3) % steps.length;
      line.push({ ends: [steps[i], steps[i + 1], steps[next], steps[next + 1]], x, y, value, along });
    }
    return line;
  });
}

/**
 * Unit step along an outline.
 *
 * @typedef {Object} Step
 * @property {[number, number, number, number]} ends  x and y of its start and of its end
 * @property {number} x      centre of the pixel on its right
 * @property {number} y
 * @property {number} value  signed distance of that pixel
 * @property {number} along  length of the way to it over pixel centres
 */

/** @returns {[number, number]} */
function centre(/** @type {number} */ pixel, /** @type {Size} */ { width }) {
  return [(pixel % width) + 0.5, floor(pixel / width) + 0.5];
}

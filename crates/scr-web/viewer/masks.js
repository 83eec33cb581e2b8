// Masks: outlines turned into pixels and back, by the rules of scr-image (fill.rs, trace.rs).
//
// Arithmetic only, without canvas or page. A mask has a byte a pixel, row by row: 1 inside, 0
// outside.

import { ceil, floor, max, min } from "./math.js";

/** @typedef {{width: number, height: number}} Size  in pixels */
/** @typedef {Uint8Array} Mask */
/** @typedef {ArrayLike<number>[]} Outlines  closed polygons, `[x0, y0, x1, y1, ...]` each */

/**
 * Mask of the pixels whose centres lie in the outlines (even-odd rule). A centre on a side
 * counts where the inside is to its right or below.
 *
 * @param {Outlines} outlines
 * @param {Size} size
 * @param {Mask} [mask]  of zeros
 * @returns {Mask}
 */
export function filled(outlines, { width, height }, mask = new Uint8Array(width * height)) {
  const firstCentre = (/** @type {number} */ at, /** @type {number} */ count) => min(max(ceil(at - 0.5), 0), count);
  for (const points of outlines) {
    let [x0, y0] = [points[points.length - 2], points[points.length - 1]];
    for (let i = 0; i < points.length; i += 2) {
      const [x1, y1] = [points[i], points[i + 1]];
      const end = firstCentre(max(y0, y1), height);
      for (let row = firstCentre(min(y0, y1), height); row < end; row++) {
        const column = firstCentre(x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0), width);
        // Each crossing turns all pixels to its right.
        if (column < width) mask[row * width + column] ^= 1;
      }
      [x0, y0] = [x1, y1];
    }
  }
  for (let row = 0; row < mask.length; row += width) {
    for (let i = row + 1; i < row + width; i++) mask[i] ^= mask[i - 1];
  }
  return mask;
}

/**
 * Union of masks; a single mask comes back itself.
 *
 * @param {Mask[]} masks  at least one
 */
export function union(masks) {
  if (masks.length < 2) return masks[0];
  const all = masks[0].slice();
  for (const mask of masks.slice(1)) for (let i = 0; i < all.length; i++) all[i] |= mask[i];
  return all;
}

/**
 * Boundary pixels, row by row: set pixels with a 4-neighbour that is not set. Outside the image
 * is not set.
 *
 * @param {Mask} mask
 * @param {Size} size
 * @returns {number[]} indices of pixels
 */
export function boundary(mask, { width }) {
  const found = [];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const column = i % width;
    if (column === 0 || column === width - 1 || !(mask[i - 1] && mask[i + 1] && mask[i - width] && mask[i + width])) found.push(i);
  }
  return found;
}

/** Unit steps: right, down, left, up. */
const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/**
 * Outlines of a mask along the edges of its pixels, in unit steps: `[x, y, pixel, ...]` with the
 * start of each step and the set pixel on its right.
 *
 * @param {Mask} mask
 * @param {Size} size
 * @returns {number[][]}
 */
export function traced(mask, { width, height }) {
  /** Pixel on the right of a step from (x, y); -1 outside. */
  const pixelAt = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ heading) => {
    const column = x - Number(heading === 1 || heading === 2);
    const row = y - Number(heading > 1);
    return column < 0 || row < 0 || column >= width || row >= height ? -1 : row * width + column;
  };
  const walked = new Uint8Array(mask.length);
  const lines = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || walked[start] || mask[start - width]) continue;
    const [left, top] = [start % width, floor(start / width)];
    let [x, y, heading] = [left, top, 0];
    const line = [];
    do {
      const pixel = pixelAt(x, y, heading);
      if (heading === 0) walked[pixel] = 1;
      line.push(x, y, pixel);
      x += STEPS[heading][0];
      y += STEPS[heading][1];
      if (!mask[pixelAt(x, y, heading)]) heading = (heading + 1) % 4;
      else if (mask[pixelAt(x, y, (heading + 3) % 4)]) heading = (heading + 3) % 4;
    } while (x !== left || y !== top || heading !== 0);
    lines.push(line);
  }
  return lines;
}

/** Corners of an outline in unit steps: a polygon `[x0, y0, x1, y1, ...]`. */
export function cornersOf(/** @type {number[]} */ steps) {
  const corners = [];
  for (let i = 0; i < steps.length; i += 3) {
    const before = (i || steps.length) - 3;
    const after = (i + 3) % steps.length;
    // A corner turns: both coordinates change across it.
    if (steps[before] !== steps[after] && steps[before + 1] !== steps[after + 1]) corners.push(steps[i], steps[i + 1]);
  }
  return corners;
}

/**
 * First and last column of a mask, and the rows where they are met first; null for an empty mask.
 *
 * @param {Mask} mask
 * @param {Size} size
 */
export function extent(mask, { width }) {
  let [left, right, leftRow, rightRow] = [width, -1, 0, 0];
  for (let i = mask.indexOf(1); i >= 0 && i < mask.length; i++) {
    if (!mask[i]) continue;
    const column = i % width;
    const row = (i - column) / width;
    if (column < left) [left, leftRow] = [column, row];
    if (column > right) [right, rightRow] = [column, row];
  }
  return right < 0 ? null : { left, right: right + 1, leftRow, rightRow, width: right + 1 - left };
}

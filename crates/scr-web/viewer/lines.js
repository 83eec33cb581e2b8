// Lines: draws outlines with halo and dashes into opaque pixels.
//
// Many times as fast as strokes of a canvas in software: the cost grows with the length of the lines only.
// Anti-aliased by the distance of each pixel's centre from the line.

import { abs, ceil, floor, hypot, max, min, sqrt } from "./math.js";

/** Opacity of the halo. */
const HALO = 0.5;
/** Screen pixels that the halo reaches beyond the line, on each side. */
const HALO_PX = 0.9;
/** Sides nearer to the horizontal than this slope are not cut row by row. */
const FLAT = 1e-3;

/**
 * @typedef {Object} Line
 * @property {ArrayLike<number>[]} rings  closed polygons `[x0, y0, ...]`
 * @property {number[]} colour  red, green, blue, 0 to 255
 * @property {number} opacity   0 to 1
 * @property {number} width     screen pixels
 * @property {number[]} dash    lengths in screen pixels; empty for a solid line
 */

/** Coverage of pixels by the line under way, 0 to 255: with its halo, and without; pixels that it touches. */
let near = new Uint8Array(0);
let core = near;
let touched = new Int32Array(0);

/**
 * Draws lines, the last on top.
 *
 * @param {ImageData} pixels  opaque
 * @param {Line[]} lines
 * @param {number} scale      screen pixels a unit of the rings
 * @param {number} left       screen pixels to the left edge of the pixels
 * @param {number} top
 * @param {number} pixelRatio screen pixels a CSS pixel
 */
export function drawLines({ data, width, height }, lines, scale, left, top, pixelRatio) {
  if (near.length < width * height) {
    near = new Uint8Array(width * height);
    core = new Uint8Array(width * height);
    touched = new Int32Array(width * height);
  }
  for (const line of lines) {
    const { rings, colour, opacity, dash } = line;
    const [red, green, blue] = colour;
    const period = dash.reduce((sum, length) => sum + length, 0);
    const inner = line.width / 2 + 0.5;
    const outer = inner + HALO_PX * pixelRatio;
    let n = 0;

    for (const ring of rings) {
      let along = 0;
      let x0 = ring[ring.length - 2] * scale - left;
      let y0 = ring[ring.length - 1] * scale - top;
      for (let i = 0; i < ring.length; i += 2) {
        const x1 = ring[i] * scale - left;
        const y1 = ring[i + 1] * scale - top;
        const length = hypot(x1 - x0, y1 - y0);
        const first = max(0, ceil(min(y0, y1) - outer - 0.5));
        const last = min(height - 1, floor(max(y0, y1) + outer - 0.5));
        const from = max(0, min(x0, x1) - outer - 0.5);
        const to = min(width - 1, max(x0, x1) + outer - 0.5);
        const ux = (x1 - x0) / length;
        const uy = (y1 - y0) / length;
        const isFlat = !(abs(uy) > FLAT);
        // Half the width of the band in a row.
        const reach = outer / abs(uy);
        for (let row = length > 0 && from <= to ? first : height; row <= last; row++) {
          const dy = row + 0.5 - y0;
          const middle = x0 + (dy * ux) / uy - 0.5;
          const end = isFlat ? to : min(to, middle + reach);
          for (let column = ceil(isFlat ? from : max(from, middle - reach)); column <= end; column++) {
            const dx = column + 0.5 - x0;
            let share = dx * ux + dy * uy;
            let distance = abs(dx * uy - dy * ux);
            if (share < 0) {
              distance = sqrt(dx * dx + dy * dy);
              share = 0;
            } else if (share > length) {
              distance = sqrt((column + 0.5 - x1) ** 2 + (row + 0.5 - y1) ** 2);
              share = length;
            }
            // At least 1, so that a pixel is touched once.
            const wide = min(255, 255 * (outer - distance));
            if (wide < 1) continue;
            const at = row * width + column;
            if (near[at] === 0) touched[n++] = at;
            if (wide > near[at]) near[at] = wide;
            if (distance < inner && (period === 0 || isOn((along + share) % period, dash))) {
              const thin = min(255, 255 * (inner - distance));
              if (thin > core[at]) core[at] = thin;
            }
          }
        }
        along += length;
        [x0, y0] = [x1, y1];
      }
    }

    for (let i = 0; i < n; i++) {
      const at = touched[i];
      const share = (core[at] / 255) * opacity;
      const under = (1 - (near[at] / 255) * HALO * opacity) * (1 - share);
      const to = 4 * at;
      data[to] = data[to] * under + red * share;
      data[to + 1] = data[to + 1] * under + green * share;
      data[to + 2] = data[to + 2] * under + blue * share;
      near[at] = core[at] = 0;
    }
  }
}

/** True on a dash: dashes and gaps come in turn. */
function isOn(/** @type {number} */ at, /** @type {number[]} */ dash) {
  for (let i = 0; i < dash.length; i++) {
    if (at < dash[i]) return i % 2 === 0;
    at -= dash[i];
  }
  return false;
}

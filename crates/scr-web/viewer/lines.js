// Lines: draws outlines with halo and dashes into opaque pixels.
//
// Many times as fast as strokes of a canvas in software: the cost grows with the length of the lines only.
// Anti-aliased by the distance of each pixel's centre from the line.

import { abs, ceil, floor, hypot, max, min, round, sqrt } from "./math.js";

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
  // A pixel at a time; red is the lowest byte on every machine that runs a browser today.
  const words = new Int32Array(data.buffer);
  for (const line of lines) {
    const { rings, colour, opacity, dash } = line;
    const [red, green, blue] = colour;
    const isDash = dashTable(dash);
    const period = isDash.length;
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
        const phase = period > 0 ? (PLACES_A_PIXEL * along) % period : 0;
        const isFlat = !(abs(uy) > FLAT);
        // Half the width of the band in a row.
        const reach = outer / abs(uy);
        for (let row = length > 0 && from <= to ? first : height; row <= last; row++) {
          const start = row * width;
          const dy = row + 0.5 - y0;
          const middle = x0 + (dy * ux) / uy - 0.5;
          const end = isFlat ? to : min(to, middle + reach);
          const begin = ceil(isFlat ? from : max(from, middle - reach));
          // Along the side and across it.
          let share = (begin + 0.5 - x0) * ux + dy * uy;
          let across = (begin + 0.5 - x0) * uy - dy * ux;
          for (let column = begin; column <= end; column++, share += ux, across += uy) {
            let distance = across < 0 ? -across : across;
            if (share < 0) distance = sqrt(across * across + share * share);
            else if (share > length) distance = sqrt(across * across + (share - length) * (share - length));
            // At least 1, so that a pixel is touched once.
            const wide = distance > outer - 1 ? (255 * (outer - distance)) | 0 : 255;
            if (wide < 1) continue;
            const at = start + column;
            if (near[at] === 0) touched[n++] = at;
            if (wide > near[at]) near[at] = wide;
            if (distance >= inner) continue;
            if (period > 0) {
              let place = (phase + PLACES_A_PIXEL * (share < 0 ? 0 : share)) | 0;
              while (place >= period) place -= period;
              if (isDash[place] === 0) continue;
            }
            const thin = distance > inner - 1 ? (255 * (inner - distance)) | 0 : 255;
            if (thin > core[at]) core[at] = thin;
          }
        }
        along += length;
        [x0, y0] = [x1, y1];
      }
    }

    for (let i = 0; i < n; i++) {
      const at = touched[i];
      const share = (core[at] * opacity) | 0;
      const under = over255((255 - ((near[at] * HALO * opacity) | 0)) * (255 - share));
      const value = words[at];
      words[at] =
        0xff000000 |
        (over255(((value >> 16) & 255) * under + blue * share) << 16) |
        (over255(((value >> 8) & 255) * under + green * share) << 8) |
        over255((value & 255) * under + red * share);
      near[at] = core[at] = 0;
    }
  }
}

/** A product of bytes, or a sum of two up to 65025, divided by 255 and rounded. */
function over255(/** @type {number} */ product) {
  return ((product + 128) * 257) >> 16;
}

/** Parts of a screen pixel in which a dash begins or ends. */
const PLACES_A_PIXEL = 4;

/** 1 on a dash and 0 in a gap, place by place; dashes and gaps come in turn. Empty for a solid line. */
function dashTable(/** @type {number[]} */ dash) {
  return Uint8Array.from(dash.flatMap((length, i) => Array(round(PLACES_A_PIXEL * length)).fill((i + 1) % 2)));
}

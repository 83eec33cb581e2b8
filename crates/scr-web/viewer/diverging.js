// Diverging colours of signed distances: blue inside, white at 0, red outside.
//
// Blue and red differ for every kind of colour vision, and both are darker than white. Arithmetic only.

import { abs, floor, max, min, round } from "./math.js";

/** Colours on each side of white. */
const N_SIDE = 8;
const [BLUE, WHITE, RED] = [[0, 90, 255], [255, 255, 255], [226, 0, 38]];

/** Colours from the most negative to the most positive value. */
export const DIVERGING = Array.from({ length: 2 * N_SIDE + 1 }, (_, i) => {
  const share = (i - N_SIDE) / N_SIDE;
  const end = share < 0 ? BLUE : RED;
  return `rgb(${WHITE.map((white, channel) => round(white + (end[channel] - white) * abs(share))).join()})`;
});

/**
 * Index of the colour of a value on a scale from -end to end.
 *
 * @param {number} value
 * @param {number} end
 */
export function divergingIndex(value, end) {
  return round(N_SIDE * (1 + min(max(value / end, -1), 1)));
}

/** End of a scale: the first of 1, 2, 3, 4, 5, 6, 8, 10, 20, ... (and 0.8, 0.6, ...) that is no less than a value above 0. */
export function scaleEnd(/** @type {number} */ value) {
  const power = 10 ** floor(Math.log10(value));
  return power * ([1, 2, 3, 4, 5, 6, 8].find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}

// Heat map: colours of probabilities, to overlay a radiograph.
//
// Arithmetic, and the sheets of colours.

import { floor, max, min, round } from "./math.js";
import { offscreen } from "./stage.js";
import { applyTable } from "./window.js";

/**
 * Viridis (van der Walt and Smith, 2015; CC0) at ten even steps: lightness rises
 * evenly with the value, for every kind of colour vision and in grey.
 */
const STEPS = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725".split(" ").map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
/** Opacity at probability 1: bones and vessels stay visible. */
const MOST_OPAQUE = 0.5;
/** Value of probability 1. */
export const CERTAIN = 255;

/**
 * Colour of a probability.
 *
 * @param {number} probability  0 to 1
 * @returns {number[]} red, green, blue, 0 to 255
 */
export function heatColour(probability) {
  const at = min(max(probability, 0), 1) * (STEPS.length - 1);
  const below = min(floor(at), STEPS.length - 2);
  return STEPS[below].map((low, i) => round(low + (at - below) * (STEPS[below + 1][i] - low)));
}

/**
 * Colour table of probabilities in 255 steps, in the byte order of an ImageData.
 *
 * @param {(probability: number) => number} opacity  of a probability, 0 to 1; rises from 0 by default
 */
export function heatTable(opacity = (probability) => MOST_OPAQUE * probability) {
  const table = new Uint32Array(CERTAIN + 1);
  const bytes = new Uint8ClampedArray(table.buffer);
  for (let value = 0; value <= CERTAIN; value++) {
    const probability = value / CERTAIN;
    bytes.set([...heatColour(probability), 255 * opacity(probability)], 4 * value);
  }
  return table;
}

/**
 * Sheet of the colours of probabilities.
 *
 * @param {{width: number, height: number}} size
 * @param {Uint8Array | Uint16Array} values  a value a pixel, `CERTAIN` for probability 1
 * @param {(probability: number) => number} [opacity]
 */
export function heatSheet({ width, height }, values, opacity) {
  const { canvas, context } = offscreen({ width, height });
  const colours = new ImageData(width, height);
  applyTable(values, heatTable(opacity), new Uint32Array(colours.data.buffer));
  context.putImageData(colours, 0, 0);
  return canvas;
}

/**
 * Highest of several posteriors in each pixel.
 *
 * @param {(Uint8Array | Uint16Array)[]} posteriors  equally long, at least one
 */
export function mostProbable(posteriors) {
  const highest = posteriors[0].slice();
  for (const values of posteriors.slice(1)) {
    for (let i = 0; i < highest.length; i++) if (values[i] > highest[i]) highest[i] = values[i];
  }
  return highest;
}

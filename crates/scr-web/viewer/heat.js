// Heat map: colours of probabilities, to overlay a radiograph.
//
// Arithmetic only, without canvas or page.

/**
 * Viridis (van der Walt and Smith, 2015; CC0) at ten even steps: lightness rises
 * evenly with the value, for every kind of colour vision and in grey.
 */
const STEPS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
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
  const at = Math.min(Math.max(probability, 0), 1) * (STEPS.length - 1);
  const below = Math.min(Math.floor(at), STEPS.length - 2);
  const [low, high] = [STEPS[below], STEPS[below + 1]].map(channels);
  return low.map((value, i) => Math.round(value + (at - below) * (high[i] - value)));
}

/**
 * Colour table of the values of a posterior, in the byte order of an ImageData. Opacity rises
 * with the probability, from 0 at probability 0.
 */
export function heatTable() {
  const table = new Uint32Array(CERTAIN + 1);
  const bytes = new Uint8ClampedArray(table.buffer);
  for (let value = 0; value <= CERTAIN; value++) {
    const probability = value / CERTAIN;
    bytes.set([...heatColour(probability), 255 * MOST_OPAQUE * probability], 4 * value);
  }
  return table;
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

function channels(/** @type {string} */ colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

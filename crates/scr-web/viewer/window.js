// Grey windows: the pixel values that are shown black and white.
//
// Arithmetic only, without canvas or page.

import { floor, max, min, round } from "./math.js";

/**
 * @typedef {[number, number]} GreyWindow
 *   the values shown black and white, whole numbers, the first below the second
 */

/**
 * Histogram: number of pixels of each value.
 *
 * @param {Uint8Array | Uint16Array} pixels
 * @param {number} maxValue
 * @param {Uint8Array | null} [chosen]  zero: do not count this pixel
 */
export function countValues(pixels, maxValue, chosen = null) {
  const counts = new Uint32Array(maxValue + 1);
  if (chosen) {
    for (let i = 0; i < pixels.length; i++) if (chosen[i] !== 0) counts[pixels[i]]++;
  } else {
    for (let i = 0; i < pixels.length; i++) counts[pixels[i]]++;
  }
  return counts;
}

/**
 * Percentile: the smallest value that at least `share` of the counted pixels do not exceed.
 *
 * @param {Uint32Array} counts
 * @param {number} share  0 to 1
 */
function percentile(counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const wanted = max(1, share * total);
  let seen = 0;
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value];
    if (seen >= wanted) return value;
  }
  return counts.length - 1;
}

/**
 * Grey window between two percentiles.
 *
 * @param {Uint32Array} counts
 * @param {number} low   0 to 1
 * @param {number} high  0 to 1
 * @returns {GreyWindow}
 */
export function windowOf(counts, low, high) {
  return keptWithin([percentile(counts, low), percentile(counts, high)], counts.length - 1);
}

/**
 * Nearest grey window of whole numbers in 0..=maxValue, at least 1 wide.
 *
 * @param {[number, number]} window
 * @param {number} maxValue
 * @returns {GreyWindow}
 */
export function keptWithin([low, high], maxValue) {
  const black = min(max(round(low), 0), maxValue - 1);
  return [black, min(max(round(high), black + 1), maxValue)];
}

/**
 * Grey window after a drag: wider to the right, brighter upwards.
 *
 * @param {GreyWindow} window
 * @param {number} right     share of the stage's width
 * @param {number} up        share of the stage's height
 * @param {number} maxValue
 * @returns {GreyWindow}
 */
export function draggedWindow([low, high], right, up, maxValue) {
  // Relative to the window, so a narrow one changes as finely as a wide one.
  const width = min(max((high - low) * 2 ** (2 * right), 1), maxValue);
  const level = (low + high) / 2 - up * (high - low) * 1.5;
  // The level stops at the ends, without a change of the width.
  const centre = min(max(level, width / 2), maxValue - width / 2);
  return keptWithin([centre - width / 2, centre + width / 2], maxValue);
}

/**
 * Table of opaque greys by pixel value, in the byte order of an ImageData.
 *
 * @param {GreyWindow} window
 * @param {number} maxValue
 * @param {boolean} invert
 */
export function lookupTable([low, high], maxValue, invert) {
  const table = new Uint32Array(maxValue + 1);
  const greys = new Uint8ClampedArray(1);
  for (let value = 0; value <= maxValue; value++) {
    greys[0] = (255 * (value - low)) / (high - low);
    const grey = invert ? 255 - greys[0] : greys[0];
    // Every browser runs on little-endian machines: alpha comes last in memory.
    table[value] = 0xff000000 | (grey * 0x010101);
  }
  return table;
}

/**
 * @param {Uint8Array | Uint16Array} pixels
 * @param {Uint32Array} table
 * @param {Uint32Array} target  as long as `pixels`
 */
export function applyTable(pixels, table, target) {
  for (let i = 0; i < pixels.length; i++) target[i] = table[pixels[i]];
}

/**
 * Counts in `bins` equal parts of the range, for a drawn histogram.
 *
 * @param {Uint32Array} counts
 * @param {number} bins
 */
export function binned(counts, bins) {
  const sums = new Float64Array(bins);
  for (let value = 0; value < counts.length; value++) {
    sums[floor((value * bins) / counts.length)] += counts[value];
  }
  return sums;
}

/**
 * Image of half the width and height: means of two by two values; the last row or column of an
 * odd size is left out.
 *
 * @param {import("./png.js").GreyImage} image  of at least two by two pixels
 * @returns {import("./png.js").GreyImage}
 */
export function halved(image) {
  const { pixels } = image;
  const [width, height] = [image.width >> 1, image.height >> 1];
  const half = pixels instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    let from = 2 * row * image.width;
    for (let column = 0; column < width; column++, from += 2) {
      half[to++] = (pixels[from] + pixels[from + 1] + pixels[from + image.width] + pixels[from + image.width + 1] + 2) >> 2;
    }
  }
  return { ...image, width, height, pixels: half };
}

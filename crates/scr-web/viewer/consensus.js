// Consensus of several masks: the number that include each pixel.
//
// Arithmetic only, without canvas or page.

/** @typedef {import("./masks.js").Mask} Mask */

/** Adds a mask to the counts of masks that include each pixel. */
export function include(/** @type {Uint16Array} */ counts, /** @type {Mask} */ mask) {
  for (let i = 0; i < counts.length; i++) counts[i] += mask[i];
}

/**
 * Shape at a level: the pixels that at least a share of the masks include. Level 0.5 is the
 * median shape; the band from 10 to 90 % lies between the shapes at 0.1 and 0.9.
 *
 * @param {Uint16Array} counts
 * @param {number} n      masks
 * @param {number} share  above 0
 */
export function shapeAt(counts, n, share) {
  // One part in a million for shares that are no binary fractions: 3 of 30 are 10 %.
  const least = n * share - 1e-6;
  const mask = new Uint8Array(counts.length);
  for (let i = 0; i < mask.length; i++) mask[i] = Number(counts[i] >= least);
  return mask;
}

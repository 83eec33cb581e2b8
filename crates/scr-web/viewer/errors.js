// Errors of a prediction, pixel by pixel: false positives, false negatives, true positives.
//
// Counts each object by itself, as scores do; the marks of several are kept together, so that no
// object's error hides another's. Arithmetic only, without canvas or page.

/** @typedef {import("./masks.js").Mask} Mask */

/** Bits of the marks. */
export const FALSE_POSITIVE = 1;
export const FALSE_NEGATIVE = 2;
export const TRUE_POSITIVE = 4;

/** @typedef {{tp: number, fp: number, fn: number}} Counts  pixels */

/**
 * Counts the pixels of one object, and adds their bits to `marks`.
 *
 * @param {Mask} reference
 * @param {Mask} prediction
 * @param {Uint8Array} marks  a byte a pixel
 * @returns {Counts}
 */
export function markErrors(reference, prediction, marks) {
  const found = [0, 0, 0, 0];
  const bits = [0, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_POSITIVE];
  for (let i = 0; i < marks.length; i++) {
    const kind = prediction[i] + 2 * reference[i];
    found[kind]++;
    marks[i] |= bits[kind];
  }
  return { fp: found[1], fn: found[2], tp: found[3] };
}

/**
 * Mask of the marks with any of some bits.
 *
 * @param {Uint8Array} marks
 * @param {number} bits
 * @returns {Mask}
 */
export function markedWith(marks, bits) {
  return marks.map((mark) => Number((mark & bits) > 0));
}

// Decoding: a radiograph's file to what the viewer draws.

import { min } from "./math.js";
import { decodeGreyPng } from "./png.js";
import { countValues, halved } from "./window.js";

/** @typedef {import("./png.js").GreyImage} GreyImage */
/** @typedef {{levels: GreyImage[], counts: Uint32Array}} Decoded  each level is half as wide and high as the one before; a histogram */

/** A stage is rarely smaller than an eighth. */
const N_LEVELS = 4;
const LEAST_SIDE_PX = 64;

/**
 * Levels and histogram of a grey PNG.
 *
 * @param {ArrayBuffer} file
 * @returns {Promise<Decoded>}
 * @throws {Error} for another form, and for a damaged file
 */
export async function decode(file) {
  const image = await decodeGreyPng(file);
  const levels = [image];
  while (levels.length < N_LEVELS && min(image.width, image.height) >> levels.length > LEAST_SIDE_PX) levels.push(halved(levels[levels.length - 1]));
  return { levels, counts: countValues(image.pixels, image.maxValue) };
}

// Pixels inside outlines.

import { offscreen } from "./stage.js";

/**
 * Rasterised paths: the pixels that lie in any of them.
 *
 * @param {{width: number, height: number}} frame  of the paths
 * @param {{width: number, height: number}} size   of the answer
 * @param {Path2D[]} paths
 * @returns {Uint8ClampedArray} a value a pixel, zero outside
 */
export function pixelsInside(frame, size, paths) {
  const { context } = offscreen(size, { willReadFrequently: true });
  context.scale(size.width / frame.width, size.height / frame.height);
  for (const path of paths) context.fill(path, "evenodd");
  const colours = context.getImageData(0, 0, size.width, size.height).data;
  const inside = new Uint8ClampedArray(size.width * size.height);
  // Half-covered pixels at the edge count as outside.
  for (let i = 0; i < inside.length; i++) inside[i] = colours[4 * i + 3] > 127 ? 1 : 0;
  return inside;
}

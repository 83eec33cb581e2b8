// Outline files: fetches the outlines of a layer in an image.

import { Shape } from "./shape.js";

/**
 * @typedef {Object} Outlines
 * @property {Map<string, Shape>} shapes  by structure; none for a structure without outlines
 * @property {number} blockPx             side of the blocks that the outlines follow; 1 for exact outlines
 */

/** @type {Map<string, Promise<Outlines>>} by address, the latest last */
const fetched = new Map();
/** Files that are kept: those of the shown layers on three images, and more. */
const N_KEPT = 120;

/**
 * Outlines at an address; "" has none. The last files are kept.
 *
 * @param {string} href
 * @returns {Promise<Outlines>}
 */
export function fetchShapes(href) {
  // An exported site has no address for missing outlines.
  if (!href) return Promise.resolve({ shapes: new Map(), blockPx: 1 });
  const url = new URL(href, location.href).href;
  const wanted = fetched.get(url) ?? readFile(url);
  fetched.delete(url);
  fetched.set(url, wanted);
  if (fetched.size > N_KEPT) fetched.delete(/** @type {string} */ (fetched.keys().next().value));
  wanted.catch(() => fetched.delete(url));
  return wanted;
}

/** @returns {Promise<Outlines>} */
async function readFile(/** @type {string} */ url) {
  const response = await fetch(url);
  // An entry may cover one fold only, so missing outlines are no failure.
  if (response.status === 404) return { shapes: new Map(), blockPx: 1 };
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { structures, blocks_px: blocks = {} } = await response.json();
  const shapes = new Map(Object.entries(structures).map(([id, rings]) => [id, new Shape(rings)]));
  return { shapes, blockPx: Math.max(1, ...Object.values(blocks)) };
}

// Outline files: fetches the outlines of a layer in an image and unpacks them.
//
// packed_outlines.rs describes the packed form.

import { floor, max } from "./math.js";
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
  return unpack(new Uint8Array(await response.arrayBuffer()));
}

/**
 * Outlines of a packed file.
 *
 * @param {Uint8Array} bytes
 * @returns {Outlines}
 */
export function unpack(bytes) {
  let at = 0;
  const number = () => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the file of outlines is cut off");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  const step = () => {
    const value = number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const ring = () => {
    const head = number();
    const [form, length] = [head % 4, floor(head / 4)];
    if (length > bytes.length) throw new Error("the file of outlines is damaged");
    const corners = new Int32Array(2 * length);
    if (length === 0) return corners;
    let [x, y] = (corners.set([number(), number()]), corners);
    for (let i = 1; i < length; i++) {
      // Forms 1 and 2 go along x and y in turn.
      if (form === 0 || (i + form) % 2 === 0) x += step();
      if (form === 0 || (i + form) % 2 === 1) y += step();
      corners[2 * i] = x;
      corners[2 * i + 1] = y;
    }
    return corners;
  };
  const shapes = new Map();
  let blockPx = 1;
  for (let left = number(); left > 0; left--) {
    const length = number();
    const name = new TextDecoder().decode(bytes.subarray(at, (at += length)));
    blockPx = max(blockPx, number());
    const rings = Array.from({ length: number() }, ring);
    shapes.set(name, new Shape(rings));
  }
  return { shapes, blockPx };
}

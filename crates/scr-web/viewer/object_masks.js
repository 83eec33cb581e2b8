// Masks of objects: an object is the union of its structures, as scores count it.

import { filled, union } from "./masks.js";

/** @typedef {import("./masks.js").Mask} Mask */
/** @typedef {import("./masks.js").Size} Size */
/** @typedef {import("./shape.js").Shape} Shape */

/** @type {Map<Shape, Mask>} the latest last */
const kept = new Map();
/** A byte a pixel each: 48 MiB for 1024 x 1024 pixels. */
const N_KEPT = 48;

/**
 * Mask of a union of structures of a layer; null unless the layer has all of them.
 *
 * @param {Map<string, Shape> | null} shapes
 * @param {string[]} structures
 * @param {Size} size
 * @returns {Mask | null}
 */
export function maskOf(shapes, structures, size) {
  const masks = structures.flatMap((id) => {
    const shape = shapes?.get(id);
    if (!shape) return [];
    const mask = kept.get(shape) ?? filled(shape.rings, size);
    kept.delete(shape);
    kept.set(shape, mask);
    for (const oldest of kept.keys()) if (kept.size > N_KEPT) kept.delete(oldest);
    return [mask];
  });
  return masks.length > 0 && masks.length === structures.length ? union(masks) : null;
}

/**
 * Chosen object of a select element, with its structures; without a choice all that are scored.
 *
 * @returns {{id: string, name: string, structures: string[]}[]}
 */
export function objectsOf(/** @type {HTMLSelectElement} */ { options, value: chosen }, wanted = chosen) {
  return [...options].flatMap(({ value, label, dataset }) =>
    dataset.members && (wanted ? value === wanted : dataset.scored) ? [{ id: value, name: label, structures: dataset.members.split("/") }] : [],
  );
}

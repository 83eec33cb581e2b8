// Shape: the outlines of a structure, exact and simplified for display.
//
// Arithmetic and paths; fetches and draws nothing.

import { hypot, max, min, sqrt } from "./math.js";

/** Largest distance of a simplified outline from the exact one, in screen pixels. */
const MAX_ERROR_PX = 0.35;
/** Tolerance in mask pixels below which nothing but collinear corners could be left out. */
const LEAST_TOLERANCE_PX = 0.35;

/** Finest tolerance that serves, as a share of the largest error, so that a zoom needs few. */
const LEAST_SHARE = 0.77;

/** Outlines of one structure: closed polygons `[x0, y0, x1, y1, ...]` in mask pixels, even-odd. */
export class Shape {
  /** @param {ArrayLike<number>[]} rings */
  constructor(rings) {
    this.rings = rings;
  }

  /** @type {Path2D | null} */
  #path = null;
  /** @type {Map<number, ArrayLike<number>[]>} by tolerance */
  #simplified = new Map();

  /** Exact path. */
  get path() {
    return (this.#path ??= pathOf(this.rings));
  }

  /**
   * Outlines for drawing: at most 0.35 screen pixels from the exact ones, and exact when enlarged.
   *
   * @param {number} scale  screen pixels a mask pixel
   */
  ringsFor(scale) {
    const largest = MAX_ERROR_PX / scale;
    if (largest < LEAST_TOLERANCE_PX) return this.rings;
    for (const [tolerance, rings] of this.#simplified) if (tolerance <= largest && tolerance >= LEAST_SHARE * largest) return rings;
    // Staircases become straight from half a mask pixel on, so not a bit of it is given away.
    const rings = this.rings.map((ring) => simplified(ring, largest));
    this.#simplified.set(largest, rings);
    return rings;
  }

  /** Path of those outlines. */
  pathFor(/** @type {number} */ scale) {
    const rings = this.ringsFor(scale);
    return rings === this.rings ? this.path : pathOf(rings);
  }
}

function pathOf(/** @type {ArrayLike<number>[]} */ rings) {
  const path = new Path2D();
  for (const corners of rings) {
    path.moveTo(corners[0], corners[1]);
    for (let i = 2; i + 1 < corners.length; i += 2) path.lineTo(corners[i], corners[i + 1]);
    path.closePath();
  }
  return path;
}

/**
 * Polygon with fewer corners: every corner left out lies within the tolerance of the side that
 * replaces it. One pass: a side grows while a direction from its start passes all corners since
 * near enough, takes the middle of these directions, and ends where the outline turns back (the cone of Williams, Computer Journal 21, 1978).
 *
 * @param {ArrayLike<number>} ring
 * @param {number} tolerance  same unit as the ring
 * @returns {number[]}
 */
export function simplified(ring, tolerance) {
  const n = ring.length / 2;
  if (n < 4) return Array.from(ring);
  // A step back is part of a staircase. Both ways together are the tolerance.
  const back = tolerance / 3;
  const across = sqrt(tolerance * tolerance - back * back);
  const kept = [ring[0], ring[1]];
  let [startX, startY] = kept;
  // Directions of the side, as angles from the first one; its length and the corner it began with.
  let [base, low, high, reached, first] = [Number.NaN, -Math.PI, Math.PI, 0, 1];
  for (let i = 1; i <= n; i++) {
    const dx = ring[2 * (i % n)] - startX;
    const dy = ring[2 * (i % n) + 1] - startY;
    const length = hypot(dx, dy);
    if (Number.isNaN(base)) {
      if (length <= tolerance) continue;
      base = Math.atan2(dy, dx);
      first = i;
    }
    let turn = Math.atan2(dy, dx) - base;
    if (turn > Math.PI) turn -= 2 * Math.PI;
    else if (turn < -Math.PI) turn += 2 * Math.PI;
    // The closing side ends at the first corner itself.
    const reach = i < n ? Math.asin(min(1, across / length)) : 0;
    if (turn + reach < low || turn - reach > high || length < reached - back) {
      // The side ends beside the middle of the last edge: a staircase is then passed between its corners.
      const last = i - 1;
      const before = last > first ? last - 1 : last;
      const x = (ring[2 * last] + ring[2 * before]) / 2 - startX;
      const y = (ring[2 * last + 1] + ring[2 * before + 1]) / 2 - startY;
      const middle = base + (low + high) / 2;
      const foot = x * Math.cos(middle) + y * Math.sin(middle);
      startX += foot * Math.cos(middle);
      startY += foot * Math.sin(middle);
      kept.push(startX, startY);
      [base, low, high, reached] = [Number.NaN, -Math.PI, Math.PI, 0];
      // The next side must pass the last corner too.
      i = before;
      continue;
    }
    reached = max(reached, length);
    low = max(low, turn - reach);
    high = min(high, turn + reach);
  }
  return kept;
}

// Tests of viewer/shape.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { simplified } from "../../crates/scr-web/viewer/shape.js";

/** Outline of a disc along pixel edges: the staircase that a mask gives. */
function disc(/** @type {number} */ radius) {
  const corners = [];
  const half = (/** @type {number} */ row) => Math.round(Math.sqrt(radius * radius - (row + 0.5 - radius) ** 2));
  for (let row = 0; row < 2 * radius; row++) corners.push([radius + half(row), row], [radius + half(row), row + 1]);
  for (let row = 2 * radius - 1; row >= 0; row--) corners.push([radius - half(row), row + 1], [radius - half(row), row]);
  return corners.flat();
}

/** Distance of a point from a closed polygon. */
function distance(/** @type {number} */ x, /** @type {number} */ y, /** @type {number[]} */ ring) {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ring.length; i += 2) {
    const [ax, ay] = [ring[i], ring[i + 1]];
    const [bx, by] = [ring[(i + 2) % ring.length], ring[(i + 3) % ring.length]];
    const squared = (bx - ax) ** 2 + (by - ay) ** 2;
    const share = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / squared));
    least = Math.min(least, Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)));
  }
  return least;
}

test("no corner that is left out is farther away than the tolerance", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const rough = Array.from({ length: 400 }, (_, i) => {
    const [angle, radius] = [(2 * Math.PI * (i >> 1)) / 200, 80 + 4 * random()];
    return Math.round(100 + radius * (i % 2 ? Math.sin(angle) : Math.cos(angle)));
  });
  const spike = [0, 0, 50, 0, 50, 10, 90, 10, 50, 10.2, 50, 40, 0, 40];
  for (const ring of [disc(40), disc(300), rough, spike]) {
    for (const tolerance of [0.35, 0.7, 1.4, 5.6]) {
      const fewer = simplified(ring, tolerance);
      assert.ok(fewer.length <= ring.length);
      for (let i = 0; i < ring.length; i += 2) {
        const error = distance(ring[i], ring[i + 1], fewer);
        assert.ok(error <= tolerance + 1e-9, `${error} at ${i} with ${tolerance}`);
      }
    }
  }
});

test("an outline along pixel edges loses most corners once a step is below the tolerance", () => {
  const ring = disc(300);
  assert.ok(simplified(ring, 0.8).length < ring.length / 8, String(simplified(ring, 0.8).length / ring.length));
});

test("tiny outlines stay outlines", () => {
  assert.deepEqual(simplified([1, 1, 2, 1, 2, 2, 1, 2], 0.35), [1, 1, 2, 1, 2, 2, 1, 2]);
  assert.deepEqual(simplified([1, 1, 2, 1, 1, 2], 9), [1, 1, 2, 1, 1, 2]);
});

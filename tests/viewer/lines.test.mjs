// Tests of viewer/lines.js and of packed outlines: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { drawLines } from "../../crates/scr-web/viewer/lines.js";
import { unpack } from "../../crates/scr-web/viewer/outlines.js";

const grey = (/** @type {number} */ width, /** @type {number} */ height) => {
  const data = new Uint8ClampedArray(4 * width * height).fill(100);
  return /** @type {any} */ ({ data, width, height });
};
const red = { colour: [255, 0, 0], opacity: 1, width: 2, dash: [] };
const at = (/** @type {any} */ pixels, /** @type {number} */ x, /** @type {number} */ y) => [...pixels.data.slice(4 * (y * pixels.width + x), 4 * (y * pixels.width + x) + 3)];
const square = [[5, 5, 15, 5, 15, 15, 5, 15]];

test("a line of two pixels covers the pixels on both sides of an edge", () => {
  const pixels = grey(20, 20);
  drawLines(pixels, [{ ...red, rings: square }], 1, 0, 0, 1);
  for (const [x, y] of [[10, 4], [10, 5], [4, 10], [5, 10], [14, 10], [15, 10]]) assert.deepEqual(at(pixels, x, y), [255, 0, 0], `${x}, ${y}`);
  assert.deepEqual(at(pixels, 10, 10), [100, 100, 100]);
  const halo = at(pixels, 10, 3);
  assert.ok(halo[0] < 100 && halo[0] >= 50 && halo[0] === halo[1], String(halo));
});

test("scale and offset move the line, and what is outside is left out", () => {
  const pixels = grey(10, 10);
  drawLines(pixels, [{ ...red, rings: square }], 2, 10, 25, 1);
  // The lower side is at y = 2 * 15 - 25, the left at x = 2 * 5 - 10.
  assert.deepEqual(at(pixels, 5, 5), [255, 0, 0]);
  assert.deepEqual(at(pixels, 0, 2), [255, 0, 0]);
  assert.deepEqual(at(pixels, 5, 9), [100, 100, 100]);
});

test("a transparent line leaves half of what is below, once where sides meet", () => {
  const pixels = grey(20, 20);
  drawLines(pixels, [{ ...red, opacity: 0.5, rings: square }], 1, 0, 0, 1);
  assert.deepEqual(at(pixels, 10, 5), at(pixels, 14, 5));
});

test("dashes and gaps come in turn along the line", () => {
  const pixels = grey(40, 10);
  drawLines(pixels, [{ ...red, dash: [4, 4], rings: [[34, 45, 2, 45, 2, 5, 34, 5]] }], 1, 0, 0, 1);
  // The line begins with the side from the last corner to the first: 40 + 32 + 40 pixels lie before this one.
  for (let x = 4; x < 32; x++) assert.equal(at(pixels, x, 5)[0] > 200, (112 + x + 0.5 - 2) % 8 < 4, String(x));
});

test("packed outlines come back", () => {
  // The bytes of the test of packed_outlines.rs.
  const bytes = [3, 1, 97, 1, 1, 17, 0xac, 2, 1, 8, 8, 7, 1, 98, 2, 1, 8, 0, 0, 2, 4, 1, 99, 1, 0];
  const { shapes, blockPx } = unpack(new Uint8Array(bytes));
  assert.deepEqual([...shapes].map(([id, { rings }]) => [id, rings.map((ring) => [...ring])]), [
    ["a", [[300, 1, 304, 1, 304, 5, 300, 5]]],
    ["b", [[0, 0, 1, 2]]],
    ["c", []],
  ]);
  assert.equal(blockPx, 2);
  assert.throws(() => unpack(new Uint8Array(bytes.slice(0, 8))), /cut off/);
});

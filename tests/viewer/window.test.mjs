// Tests of viewer/window.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import * as grey from "../../crates/scr-web/viewer/window.js";

/** Grey (0 to 255) of a value in a table. */
const shade = (table, value) => new Uint8Array(new Uint32Array([table[value]]).buffer).slice(0, 3);
const alpha = (table, value) => new Uint8Array(new Uint32Array([table[value]]).buffer)[3];

test("the ends of the window are black and white, all beyond stays so", () => {
  const table = grey.lookupTable([1000, 3000], 4095, false);
  for (const value of [0, 999, 1000]) assert.deepEqual([...shade(table, value)], [0, 0, 0]);
  for (const value of [3000, 3001, 4095]) assert.deepEqual([...shade(table, value)], [255, 255, 255]);
  assert.deepEqual([...shade(table, 2000)], [128, 128, 128]);
});

test("every value is opaque", () => {
  const table = grey.lookupTable([0, 255], 255, true);
  assert.ok(table.every((_, value) => alpha(table, value) === 255));
});

test("inverting mirrors every grey", () => {
  const [plain, inverted] = [false, true].map((invert) => grey.lookupTable([10, 200], 255, invert));
  for (let value = 0; value < 256; value++) assert.equal(shade(plain, value)[0] + shade(inverted, value)[0], 255);
});

test("applying a table looks every pixel up", () => {
  const target = new Uint32Array(3);
  grey.applyTable(new Uint16Array([2, 0, 1]), new Uint32Array([7, 8, 9]), target);
  assert.deepEqual([...target], [9, 7, 8]);
});

test("the automatic window leaves half a per cent out at either end", () => {
  const pixels = Uint16Array.from({ length: 1000 }, (_, i) => i);
  const counts = grey.countValues(pixels, 65535);
  assert.deepEqual(grey.windowOf(counts, 0.005, 0.995), [4, 994]);
});

test("pixels that are not chosen are not counted", () => {
  assert.deepEqual([...grey.countValues(new Uint8Array([1, 1, 2]), 3, new Uint8Array([0, 1, 1]))], [0, 1, 1, 0]);
});

test("an image of one value, or of none, still gets a window", () => {
  assert.deepEqual(grey.windowOf(grey.countValues(new Uint8Array([255, 255]), 255), 0.005, 0.995), [254, 255]);
  assert.deepEqual(grey.windowOf(grey.countValues(new Uint8Array([0, 0]), 255), 0.005, 0.995), [0, 1]);
  assert.deepEqual(grey.windowOf(new Uint32Array(256), 0.005, 0.995), [254, 255]);
});

test("a window never leaves the values and is never empty", () => {
  assert.deepEqual(grey.keptWithin([-5, 300], 255), [0, 255]);
  assert.deepEqual(grey.keptWithin([255, 255], 255), [254, 255]);
  assert.deepEqual(grey.keptWithin([10.4, 10.4], 255), [10, 11]);
});

test("dragging to the right widens around the middle, dragging up brightens", () => {
  const [low, high] = grey.draggedWindow([1000, 2000], 0.25, 0, 4095);
  assert.equal(low + high, 3000);
  assert.ok(high - low > 1400);
  const [darkEnd, brightEnd] = grey.draggedWindow([1000, 2000], 0, 0.2, 4095);
  assert.deepEqual([darkEnd, brightEnd], [700, 1700]);
});

test("dragging far stops at the ends with the width kept", () => {
  assert.deepEqual(grey.draggedWindow([1000, 2000], 0, 50, 4095), [0, 1000]);
  assert.deepEqual(grey.draggedWindow([1000, 2000], 50, 0, 4095), [0, 4095]);
});

test("a histogram's bins hold every pixel", () => {
  const counts = grey.countValues(Uint16Array.from({ length: 4096 }, (_, i) => i), 4095);
  const bins = grey.binned(counts, 128);
  assert.ok(bins.every((count) => count === 32));
});

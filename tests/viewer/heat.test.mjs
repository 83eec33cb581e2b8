// Tests of viewer/heat.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { heatColour, heatTable, mostProbable } from "../../crates/scr-web/viewer/heat.js";

const bytes = (value) => [...new Uint8Array(heatTable().buffer).slice(4 * value, 4 * value + 4)];

/** CIE lightness of an sRGB colour, 0 to 100. */
function lightness(colour) {
  const linear = colour.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27;
}

test("the colours run from viridis' purple to its yellow and stay there", () => {
  assert.deepEqual(heatColour(0), [0x44, 0x01, 0x54]);
  assert.deepEqual(heatColour(1), [0xfd, 0xe7, 0x25]);
  assert.deepEqual(heatColour(2), heatColour(1));
  assert.deepEqual(heatColour(-1), heatColour(0));
});

test("equal steps of probability are about equal steps of lightness", () => {
  const steps = Array.from({ length: 10 }, (_, i) => lightness(heatColour((i + 1) / 10)) - lightness(heatColour(i / 10)));
  const mean = steps.reduce((sum, step) => sum + step, 0) / 10;
  for (const step of steps) assert.ok(Math.abs(step - mean) < 2, `${steps}`);
});

test("what is impossible is not coloured, and opacity rises with probability", () => {
  assert.equal(bytes(0)[3], 0);
  for (let value = 1; value < 256; value++) assert.ok(bytes(value)[3] >= bytes(value - 1)[3], `${value}`);
  assert.deepEqual(bytes(255), [0xfd, 0xe7, 0x25, Math.round(255 * 0.5)]);
});

test("the most probable structure is found pixel by pixel and no posterior is changed", () => {
  const [lung, heart] = [new Uint8Array([0, 200, 9]), new Uint8Array([1, 100, 9])];
  assert.deepEqual([...mostProbable([lung, heart])], [1, 200, 9]);
  assert.deepEqual([...mostProbable([heart])], [1, 100, 9]);
  assert.deepEqual([...lung], [0, 200, 9]);
});

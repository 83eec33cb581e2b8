// Tests of viewer/lengths.js, diverging.js and the lines of save.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { DIVERGING, divergingIndex, scaleEnd } from "../../crates/scr-web/viewer/diverging.js";
import { bothTexts, lengthText } from "../../crates/scr-web/viewer/lengths.js";

test("lengths are in mm where the spacing is known, otherwise in pixels", () => {
  assert.equal(lengthText({ spacingMm: 0.5 }, -3, true), "−1.50 mm");
  assert.equal(lengthText({ spacingMm: 0.5 }, 3, true), "+1.50 mm");
  assert.equal(lengthText({ spacingMm: null }, 0, true), "0.0 px");
  assert.equal(bothTexts({ spacingMm: 0.5 }, 3), "1.50 mm (3.0 px)");
  assert.equal(bothTexts({ spacingMm: null }, 3), "3.0 px");
});

test("the colours of distances run from blue over white to red and stay at the ends", () => {
  const colours = [-9, -2, 0, 2, 9].map((value) => DIVERGING[divergingIndex(value, 2)]);
  assert.deepEqual(colours, ["rgb(0,90,255)", "rgb(0,90,255)", "rgb(255,255,255)", "rgb(226,0,38)", "rgb(226,0,38)"]);
});

test("a scale ends at a round number that is no less", () => {
  assert.deepEqual([1, 1.2, 4.9, 30, 71, 0.031].map(scaleEnd), [1, 2, 5, 30, 80, 0.04]);
});

// Tests of viewer/distances.js against a search of all pairs: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { signedDistances, worstPoint } from "../../crates/scr-web/viewer/distances.js";
import { boundary } from "../../crates/scr-web/viewer/masks.js";
import { fromText, randomMask, randomNumbers } from "./random.mjs";

/** Distance from a pixel to the nearest of `targets`, by trying all. */
function nearest(pixel, targets, { width }) {
  const of = (target) => Math.hypot((pixel % width) - (target % width), Math.floor(pixel / width) - Math.floor(target / width));
  return Math.min(...targets.map(of));
}

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} and ${b}`);

test("the worst point is the largest of all smallest distances, in both directions", () => {
  const next = randomNumbers(11);
  for (let round = 0; round < 300; round++) {
    const size = { width: 2 + next(22), height: 2 + next(22) };
    const [r, p] = [randomMask(next, size), randomMask(next, size)];
    const [rs, ps] = [boundary(r, size), boundary(p, size)];
    const worst = worstPoint(r, p, size);
    if (rs.length === 0 || ps.length === 0) {
      assert.equal(worst, null);
      continue;
    }
    near(worst.length, Math.max(...rs.map((i) => nearest(i, ps, size)), ...ps.map((i) => nearest(i, rs, size))));
    near(worst.length, Math.hypot(worst.from[0] - worst.to[0], worst.from[1] - worst.to[1]));
  }
});

test("the segment of the worst point runs between pixel centres", () => {
  const [r, p] = ["#...", "####"].map(fromText);
  assert.deepEqual(worstPoint(r.mask, p.mask, r.size), { from: [3.5, 0.5], to: [0.5, 0.5], length: 3 });
});

test("distances along an outline are positive outside the reference, negative inside, 0 on its boundary", () => {
  const next = randomNumbers(17);
  for (let round = 0; round < 80; round++) {
    const size = { width: 2 + next(16), height: 2 + next(16) };
    const [r, p] = [randomMask(next, size), randomMask(next, size)];
    const targets = boundary(r, size);
    const lines = signedDistances(r, p, size);
    if (targets.length === 0) {
      assert.deepEqual(lines, []);
      continue;
    }
    const met = new Set();
    for (const { x, y, value } of lines.flat()) {
      const pixel = Math.floor(y) * size.width + Math.floor(x);
      near(Math.abs(value), nearest(pixel, targets, size));
      if (value !== 0) assert.equal(value < 0, r[pixel] === 1);
      met.add(pixel);
    }
    // Each boundary pixel has its distance, so their mean is the directed mean of the scores.
    assert.deepEqual([...met].sort((a, b) => a - b), boundary(p, size));
  }
});

test("the way along a square's outline runs over the centres of its pixels, and its steps are closed", () => {
  const { mask, size } = fromText("###. ###. ###. ....");
  const [line] = signedDistances(mask, mask, size);
  assert.equal(line.at(-1).along, 8);
  assert.ok(line.every(({ value }) => Object.is(value, 0)));
  line.forEach(({ ends }, i) => assert.deepEqual(ends.slice(2), line[(i + 1) % line.length].ends.slice(0, 2)));
});

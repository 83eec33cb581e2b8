// Tests of viewer/masks.js, errors.js and consensus.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { include, shapeAt } from "../../crates/scr-web/viewer/consensus.js";
import { FALSE_NEGATIVE, FALSE_POSITIVE, markedWith, markErrors, TRUE_POSITIVE } from "../../crates/scr-web/viewer/errors.js";
import { boundary, extent, filled, traced, union } from "../../crates/scr-web/viewer/masks.js";
import { fromText, randomMask, randomNumbers } from "./random.mjs";

const text = (mask, { width }) => Array.from({ length: mask.length / width }, (_, row) => [...mask.slice(row * width, (row + 1) * width)].map((bit) => ".#"[bit]).join("")).join(" ");

test("a pixel belongs to a polygon when its centre does, and a centre on a side when the inside is right of it or below", () => {
  // The cases of scr-image's fill.rs.
  const square = (from, to) => [from, from, to, from, to, to, from, to];
  const size = { width: 5, height: 5 };
  assert.equal(text(filled([square(0.6, 3.4)], size), size), "..... .##.. .##.. ..... .....");
  assert.equal(text(filled([square(0.5, 2.5)], size), size), "##... ##... ..... ..... .....");
  assert.equal(text(filled([square(-4, 9), square(1, 4)], size), size), "##### #...# #...# #...# #####");
});

test("a traced mask fills back bit for bit", () => {
  const next = randomNumbers(5);
  for (let round = 0; round < 200; round++) {
    const size = { width: 1 + next(14), height: 1 + next(14) };
    const mask = randomMask(next, size);
    const lines = traced(mask, size);
    const corners = lines.map((steps) => steps.filter((_, i) => i % 3 !== 2));
    assert.equal(text(filled(corners, size), size), text(mask, size));
    // Every step has the boundary pixel on its right, and all boundary pixels are met.
    const met = new Set(lines.flatMap((steps) => steps.filter((_, i) => i % 3 === 2)));
    assert.deepEqual([...met].sort((a, b) => a - b), boundary(mask, size));
  }
});

test("pixels that touch at a corner are two outlines, and a hole is one of its own", () => {
  assert.equal(traced(...Object.values(swapped(fromText("#. .#")))).length, 2);
  assert.equal(traced(...Object.values(swapped(fromText("### #.# ###")))).length, 2);
});

const swapped = ({ size, mask }) => ({ mask, size });

test("the boundary is that of scr-measures' first example", () => {
  const { size, mask } = fromText("##### ##### ##### .....");
  const found = new Uint8Array(mask.length);
  for (const pixel of boundary(mask, size)) found[pixel] = 1;
  assert.equal(text(found, size), "##### #...# ##### .....");
});

test("the extent of a mask runs from its first to its last column", () => {
  const { size, mask } = fromText("........ ..##.... ..####..");
  assert.deepEqual(extent(mask, size), { left: 2, right: 6, leftRow: 1, rightRow: 2, width: 4 });
  assert.equal(extent(new Uint8Array(8), { width: 4, height: 2 }), null);
});

test("errors are counted for each object by itself, and none is lost where they meet", () => {
  const [lung, lungFound] = ["##.. ##..", "###. ##.."].map((rows) => fromText(rows).mask);
  const [heart, heartFound] = ["..## ..##", "...# .###"].map((rows) => fromText(rows).mask);
  const marks = new Uint8Array(8);
  assert.deepEqual(markErrors(lung, lungFound, marks), { fp: 1, fn: 0, tp: 4 });
  assert.deepEqual(markErrors(heart, heartFound, marks), { fp: 1, fn: 1, tp: 3 });
  // The lung's false positive is the heart's false negative: both marks stay.
  assert.equal(marks[2], FALSE_POSITIVE | FALSE_NEGATIVE);
  assert.deepEqual([...markedWith(marks, FALSE_POSITIVE)], [0, 0, 1, 0, 0, 1, 0, 0]);
  assert.deepEqual([...markedWith(marks, FALSE_NEGATIVE)], [0, 0, 1, 0, 0, 0, 0, 0]);
  // As `pixel_error` counts: a pixel with two wrong labels once.
  assert.equal(markedWith(marks, FALSE_POSITIVE | FALSE_NEGATIVE).reduce((a, b) => a + b), 2);
  assert.equal(marks[5], FALSE_POSITIVE | TRUE_POSITIVE);
});

test("a union has the pixels of all masks and changes none", () => {
  const [a, b] = [Uint8Array.of(0, 1, 0), Uint8Array.of(0, 1, 1)];
  assert.deepEqual([...union([a, b])], [0, 1, 1]);
  assert.deepEqual([...a], [0, 1, 0]);
  assert.equal(union([a]), a);
});

test("the shape at a level has the pixels that as large a share of the masks include", () => {
  const next = randomNumbers(3);
  const size = { width: 9, height: 7 };
  for (const n of [1, 2, 3, 10, 30]) {
    const masks = Array.from({ length: n }, () => randomMask(next, size));
    const counts = new Uint16Array(size.width * size.height);
    for (const mask of masks) include(counts, mask);
    for (const percent of [10, 50, 90]) {
      const expected = counts.map((_, i) => Number(100 * masks.filter((mask) => mask[i]).length >= percent * n));
      assert.deepEqual([...shapeAt(counts, n, percent / 100)], [...expected], `${n} masks, ${percent} %`);
    }
  }
});

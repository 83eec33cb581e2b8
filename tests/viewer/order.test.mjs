// Tests of the order of cases and of the arithmetic of the strip: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { chosen, labelOf, readChoice, scoresOf, writeOrder } from "../../crates/scr-web/viewer/order.js";
import { histogram, scrollTo, visibleRange, writeRange } from "../../crates/scr-web/viewer/strip_list.js";

const examples = JSON.parse(readFileSync(new URL("../../crates/scr-web/src/cases/orders.json", import.meta.url), "utf8"));
const cases = {
  ...examples,
  pictures: [],
  reference: null,
  entries: [],
  columns: [
    { object: "heart", measure: "overlap", higher_is_better: true, decimals: 3 },
    { object: "heart", measure: "masd_mm", higher_is_better: false, decimals: 2 },
    { object: "all", measure: "ctr", higher_is_better: null, decimals: 4 },
  ],
};

function scores({ column, entry, kind, last }) {
  if (!column) return null;
  return scoresOf([entry, ...(kind === "gap" ? [last] : [])].map((id) => examples.columns[`${column}:${id}`]));
}

for (const { query, images, labels } of examples.orders) {
  test(`the order of ?${query} is the server's`, () => {
    const raw = Object.fromEntries(new URLSearchParams(query));
    const choice = readChoice(raw);
    assert.equal(writeOrder(choice), raw.order ?? "", "the choice reads back");
    const found = chosen(cases, choice, scores(choice));
    assert.deepEqual(found.map((place) => cases.images[place]), images);
    if (labels) assert.deepEqual(found.map((place) => labelOf(cases, choice, scores(choice), place)), labels);
  });
}

test("an option that cannot be read counts as absent", () => {
  for (const order of ["banana", "worst", "worst:heart:x", "gap:heart/overlap:x", "up:", "best:a/b:c:d"]) {
    assert.equal(writeOrder(readChoice({ order })), "", order);
  }
  assert.equal(readChoice({ score: "high" }).range, null);
  assert.deepEqual(readChoice({ score: "-0.5..2" }).range, [-0.5, 2]);
});

test("ten thousand cases are ordered at once, and few of them are in the page", () => {
  const images = Array.from({ length: 10_000 }, (_, place) => `I${place}`);
  const values = images.map((_, place) => (place * 7919) % 10_007);
  const many = { ...cases, images, fold: images.map(() => 1), attributes: {} };
  const choice = readChoice({ order: "worst:heart/overlap:x" });
  const found = chosen(many, choice, scoresOf([{ values }]));
  assert.equal(found.length, 10_000);
  for (let i = 1; i < found.length; i++) assert.ok(values[found[i - 1]] <= values[found[i]]);
  for (let scrolled = 0; scrolled < 10_000 * 90; scrolled += 12_345) {
    const { first, end } = visibleRange(scrolled, 800, 90, 10_000, 4);
    assert.ok(end - first <= 18 && first * 90 <= scrolled && (end === 10_000 || end * 90 >= scrolled + 800), String(scrolled));
  }
  assert.deepEqual(visibleRange(1e6, 800, 90, 3, 4), { first: 0, end: 3 });
});

test("the list moves no further than it must, and far cases come to its middle", () => {
  assert.equal(scrollTo(900, 450, 90, 12), 900, "in sight");
  assert.equal(scrollTo(900, 450, 90, 9), 810, "one above");
  assert.equal(scrollTo(900, 450, 90, 15), 990, "one below");
  assert.equal(scrollTo(0, 450, 90, 100), 8820, "far");
  assert.equal(scrollTo(9000, 450, 90, 1), 0, "far above");
});

test("the histogram counts finite values, and a range is open at its unlimited ends", () => {
  const found = histogram([0.5, 1, null, undefined, Infinity, 0.75], 4);
  assert.deepEqual(found, { low: 0.5, high: 1, counts: [1, 0, 1, 1] });
  assert.deepEqual(histogram([2, 2], 2).counts, [2, 0]);
  assert.deepEqual(histogram([null], 2), { low: 0, high: 0, counts: [0, 0] });
  assert.equal(writeRange(found, 0, 1, 3), "");
  assert.equal(writeRange(found, 0.5, 1, 3), "0.75..");
  assert.equal(writeRange(found, 0.7777, 0, 3), "..0.8889", "drawn backwards, rounded outwards");
  const { range } = readChoice({ score: writeRange(found, 0.25, 0.75, 3) });
  assert.ok(range[0] <= 0.625 && range[1] >= 0.875);
});

// Tests of viewer/view.js and address.js: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { readList, readOptions, readView, readWindow, writeList, writeOptions, writeView } from "../../crates/scr-web/viewer/address.js";
import { View } from "../../crates/scr-web/viewer/view.js";

function view({ frame = { width: 1000, height: 1000 }, stage = { width: 800, height: 500 }, ratio = 1, sharpness = 1 } = {}) {
  const view = new View(frame, sharpness);
  view.resize(stage, ratio);
  return view;
}

test("the whole image fills the shorter side and stands in the middle", () => {
  const whole = view();
  assert.equal(whole.scale, 0.5);
  assert.deepEqual(whole.toScreen(0, 0), { x: 150, y: 0 });
  assert.deepEqual(whole.toScreen(1000, 1000), { x: 650, y: 500 });
});

test("screen and image points turn into each other", () => {
  const zoomed = view();
  zoomed.zoomBy(3.7, 300, 100);
  const { x, y } = zoomed.toImage(123, 456);
  const back = zoomed.toScreen(x, y);
  assert.ok(Math.hypot(back.x - 123, back.y - 456) < 1e-9);
});

test("zooming leaves the point under the cursor where it is", () => {
  const zoomed = view();
  const before = zoomed.toImage(420, 260);
  zoomed.zoomBy(4, 420, 260);
  const after = zoomed.toImage(420, 260);
  assert.ok(Math.hypot(before.x - after.x, before.y - after.y) < 1e-9);
});

test("the image cannot be pushed off the stage", () => {
  const pushed = view();
  pushed.zoomBy(4);
  pushed.panBy(1e6, 1e6);
  assert.deepEqual(pushed.toImage(0, 0), { x: 0, y: 0 });
  pushed.panBy(-1e6, -1e6);
  assert.deepEqual(pushed.toImage(800, 500), { x: 1000, y: 1000 });
});

test("pixel for pixel counts image pixels and screen pixels, not mask and CSS pixels", () => {
  const sharp = view({ ratio: 2, sharpness: 2 });
  sharp.oneToOne();
  // 2 image pixels a mask pixel, 2 screen pixels a CSS pixel: 1 CSS pixel a mask pixel.
  assert.ok(Math.abs(sharp.scale - 1) < 1e-9);
  assert.ok(Math.abs(sharp.percent - 100) < 1e-9);
});

test("an image smaller than the stage can be seen pixel for pixel too", () => {
  const small = view({ frame: { width: 100, height: 100 } });
  small.oneToOne();
  assert.ok(Math.abs(small.scale - 1) < 1e-9);
  assert.ok(!small.isFit);
});

test("another stage keeps zoom and middle", () => {
  const moved = view();
  moved.state = { zoom: 5, x: 400, y: 600 };
  moved.resize({ width: 300, height: 300 }, 2);
  assert.deepEqual(moved.state, { zoom: 5, x: 400, y: 600 });
});

/** Options of these values; reading an address changes the values. */
function options(/** @type {Record<string, string | null>} */ values) {
  return Object.keys(values).map((name) => ({ name, write: () => values[name] ?? "", read: (value) => void (values[name] = value) }));
}

test("what is shown comes back from its address", async () => {
  const [zoom, x, y] = writeView({ zoom: 2.5, x: 512.3, y: 400 });
  const shown = {
    entries: writeList(["asm-1a2b3c4d", "pc-5e6f7a8b"], []),
    observers: writeList(["reference", "second"], ["reference"]),
    window: "120-3000",
    differences: "entries:asm-1a2b3c4d",
    zoom, x, y,
  };
  const query = writeOptions(options(shown));
  assert.equal(
    query,
    "?entries=asm-1a2b3c4d,pc-5e6f7a8b&observers=reference,second&window=120-3000" +
      "&differences=entries:asm-1a2b3c4d&zoom=2.5&x=512.3&y=400.0",
  );
  const read = Object.fromEntries(Object.keys(shown).map((name) => [name, ""]));
  await readOptions(options(read), query);
  assert.deepEqual(read, shown);
  assert.deepEqual(readView([read.zoom, read.x, read.y]), { zoom: 2.5, x: 512.3, y: 400 });
});

test("what a page shows by itself needs no query", async () => {
  assert.equal(writeOptions(options({ observers: writeList(["reference"], ["reference"]), window: "" })), "");
  const read = { observers: "x" };
  await readOptions(options(read), "");
  assert.equal(read.observers, null);
});

test("showing none is told apart from saying nothing", async () => {
  const query = writeOptions(options({ observers: writeList([], ["reference"]) }));
  assert.equal(query, "?observers=");
  const read = { observers: "x" };
  await readOptions(options(read), query);
  assert.deepEqual(readList(read.observers), []);
  assert.equal(readList(null), null);
});

test("lists may be repeated, as a form sends them", async () => {
  const read = { entries: "" };
  await readOptions(options(read), "?entries=&entries=a&entries=b,c");
  assert.deepEqual(readList(read.entries), ["a", "b", "c"]);
});

test("nonsense in an address is left out", () => {
  for (const text of ["9-3", "-1-3", "<b>", ""]) assert.equal(readWindow(text), null, text);
  assert.equal(readWindow("lungs"), "lungs");
  assert.deepEqual(readWindow("120-3000"), [120, 3000]);
  assert.equal(readView(["x", "1", "2"]), null);
  assert.equal(readView(["-1", "1", "2"]), null);
});

test("an identifier with odd characters survives the address", async () => {
  const read = { entries: "" };
  await readOptions(options(read), writeOptions(options({ entries: writeList(["a&b=c d"], []) })));
  assert.deepEqual(readList(read.entries), ["a&b=c d"]);
});

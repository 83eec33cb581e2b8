// Tests of viewer/png.js, without a browser: node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";
import { decodeGreyPng } from "../../crates/scr-web/viewer/png.js";
import { greyPng } from "./grey_png.mjs";

/** Pseudo-random whole numbers below `end`, equal in each run. */
function noise(count, end) {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % end;
  });
}

const FILTERS = ["none", "sub", "up", "average", "paeth"];

for (const bitDepth of [8, 16]) {
  for (const [number, name] of FILTERS.entries()) {
    test(`a ${bitDepth}-bit image with the filter ${name} comes back as it was`, async () => {
      const pixels = noise(13 * 7, 2 ** bitDepth);
      const image = await decodeGreyPng(greyPng({ width: 13, height: 7, bitDepth, pixels, filter: () => number }));
      assert.deepEqual([image.width, image.height, image.bitDepth], [13, 7, bitDepth]);
      assert.equal(image.maxValue, 2 ** bitDepth - 1);
      assert.deepEqual([...image.pixels], pixels);
    });
  }
}

test("a smooth 16-bit ramp with all filters in turn and several data chunks keeps every value", async () => {
  const pixels = Array.from({ length: 256 * 256 }, (_, i) => i);
  const file = greyPng({ width: 256, height: 256, bitDepth: 16, pixels, filter: (row) => row % 5, pieces: 7 });
  const image = await decodeGreyPng(file.buffer);
  assert.ok(image.pixels instanceof Uint16Array);
  assert.ok(image.pixels.every((value, i) => value === i));
});

test("an image of one pixel is decoded", async () => {
  const image = await decodeGreyPng(greyPng({ width: 1, height: 1, bitDepth: 16, pixels: [4095], filter: () => 4 }));
  assert.deepEqual([...image.pixels], [4095]);
});

const small = { width: 2, height: 1, pixels: [1, 2] };

for (const [what, change] of [
  ["interlacing", { bitDepth: 8, interlace: 1 }],
  ["colour", { bitDepth: 8, colourType: 2 }],
  ["a palette", { bitDepth: 8, colourType: 3 }],
  ["grey with alpha", { bitDepth: 8, colourType: 4 }],
]) {
  test(`${what} is refused as unsupported`, async () => {
    await assert.rejects(decodeGreyPng(greyPng({ ...small, ...change })), /grey|bits|interlaced/);
  });
}

test("a file that is no PNG is refused", async () => {
  await assert.rejects(decodeGreyPng(new TextEncoder().encode("<!doctype html><title>404</title>")), /not a PNG/);
  await assert.rejects(decodeGreyPng(new Uint8Array(0)), /not a PNG/);
});

test("a file that is cut off anywhere is refused, never shown in part", async () => {
  const whole = greyPng({ width: 40, height: 30, bitDepth: 16, pixels: noise(1200, 65536), pieces: 3 });
  for (let length = 0; length < whole.length - 12; length += 97) {
    await assert.rejects(decodeGreyPng(whole.subarray(0, length)), Error, `${length} bytes`);
  }
});

test("damaged image data are refused", async () => {
  const file = greyPng({ width: 40, height: 30, bitDepth: 8, pixels: noise(1200, 256) });
  file.fill(0xff, 80, 120);
  await assert.rejects(decodeGreyPng(file), /damaged PNG/);
});

test("fewer rows than the header says are refused", async () => {
  const file = greyPng({ width: 4, height: 2, bitDepth: 8, pixels: noise(8, 256) });
  new DataView(file.buffer).setUint32(8 + 8 + 4, 3);
  await assert.rejects(decodeGreyPng(file), /10 bytes of image data, expected 15/);
});

test("an absurd size is refused before memory is taken", async () => {
  const file = greyPng({ ...small, bitDepth: 8 });
  new DataView(file.buffer).setUint32(8 + 8, 0x7fffffff);
  await assert.rejects(decodeGreyPng(file), /a size of 2147483647 x 1/);
});

test("an unknown filter is refused", async () => {
  await assert.rejects(decodeGreyPng(greyPng({ ...small, bitDepth: 8, filter: () => 5 })), /filter 5/);
});

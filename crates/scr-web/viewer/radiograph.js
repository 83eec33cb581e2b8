// Radiograph loader: fetches a radiograph and decodes it, at full depth if possible.
//
// A worker decodes; the page does without one. Shows nothing: window.js has the grey windows,
// painter.js draws.

import { offscreen } from "./stage.js";

/** @typedef {import("./png.js").GreyImage} GreyImage */
/** @typedef {{levels: GreyImage[], counts: Uint32Array | undefined}} Decoded  each level is half as wide as the one before */

/** @type {Map<number, {resolve: (answer: any) => void, reject: (error: unknown) => void}>} */
const waiting = new Map();
let nAsked = 0;
/** @type {Worker | null} */
let worker = null;

function decoder() {
  if (worker) return worker;
  worker = new Worker(new URL("./decode_worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    waiting.get(data.number)?.resolve(data);
    waiting.delete(data.number);
  });
  worker.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new Error("the decoder failed"));
    waiting.clear();
  });
  return worker;
}
// Starts beside the fetch.
decoder();

/**
 * Decodes a file in the worker.
 *
 * @param {ArrayBuffer} file
 * @returns {Promise<{levels?: GreyImage[], counts?: Uint32Array, error?: string, isUnsupported?: boolean, file?: ArrayBuffer}>}
 */
function decode(file) {
  const number = nAsked++;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    decoder().postMessage({ number, file }, [file]);
  });
}

/**
 * Decodes a grey PNG of 8 or 16 bits.
 *
 * @param {ArrayBuffer} file
 * @returns {Promise<GreyImage>}
 */
export async function decodeGrey(file) {
  const { levels, error } = await decode(file);
  if (!levels) throw new Error(error);
  return levels[0];
}

/**
 * @param {string} href
 * @returns {Promise<Decoded & {notice: string}>} the notice names the loss of depth
 *   if only the browser's 8-bit decoder could read the file; otherwise ""
 */
export async function fetchRadiograph(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`the radiograph could not be fetched (HTTP ${response.status})`);
  const file = await response.arrayBuffer();
  const answer = await decode(file);
  if (answer.levels) return { levels: answer.levels, counts: answer.counts, notice: "" };
  if (!answer.isUnsupported || !answer.file) throw new Error(answer.error);
  const notice = `Shown with 8 bits a pixel: the file is of a kind that only the browser can read (${answer.error}).`;
  return { levels: [await decodeByBrowser(answer.file)], counts: undefined, notice };
}

/**
 * @param {ArrayBuffer} file
 * @returns {Promise<GreyImage>}
 */
async function decodeByBrowser(file) {
  const options = /** @type {ImageBitmapOptions} */ ({ colorSpaceConversion: "none" });
  const bitmap = await createImageBitmap(new Blob([file], { type: "image/png" }), options);
  const { width, height } = bitmap;
  const { context } = offscreen({ width, height }, { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const colours = context.getImageData(0, 0, width, height).data;
  const pixels = new Uint8Array(width * height);
  // Luma of ITU-R BT.601; for a grey file all three channels are the same.
  for (let i = 0, at = 0; i < pixels.length; i++, at += 4) {
    pixels[i] = Math.round(0.299 * colours[at] + 0.587 * colours[at + 1] + 0.114 * colours[at + 2]);
  }
  return { width, height, bitDepth: 8, maxValue: 255, pixels };
}

// Radiograph loader: fetches a radiograph and decodes it, at full depth if possible.
//
// Shows nothing: window.js has the grey windows, painter.js draws.

import { decodeGreyPng, UnsupportedPngError } from "./png.js";
import { offscreen } from "./stage.js";

/** @typedef {import("./png.js").GreyImage} GreyImage */

/**
 * @param {string} href
 * @returns {Promise<{image: GreyImage, counts?: Uint32Array, notice: string}>} the notice names the loss of depth
 *   if only the browser's 8-bit decoder could read the file; otherwise ""
 */
export async function fetchRadiograph(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`the radiograph could not be fetched (HTTP ${response.status})`);
  const file = await response.arrayBuffer();
  try {
    return { image: await decodeGreyPng(file), notice: "" };
  } catch (error) {
    if (!(error instanceof UnsupportedPngError)) throw error;
    const notice = `Shown with 8 bits a pixel: the file is of a kind that only the browser can read (${error.message}).`;
    return { image: await decodeByBrowser(file), notice };
  }
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

// Worker: decodes radiographs beside the page, so that the page stays free.

import { decodeGreyPng, UnsupportedPngError } from "./png.js";
import { countValues, halved } from "./window.js";

globalThis.addEventListener("message", async ({ data: { number, file } }) => {
  const answer = (/** @type {any} */ message, /** @type {Transferable[]} */ transfer) => globalThis.postMessage({ number, ...message }, { transfer });
  try {
    const image = await decodeGreyPng(file);
    const counts = countValues(image.pixels, image.maxValue);
    const levels = [image];
    // A stage is rarely smaller than an eighth.
    while (levels.length < 4 && Math.min(levels[0].width, levels[0].height) >> levels.length > 64) levels.push(halved(levels[levels.length - 1]));
    answer({ levels, counts }, [counts.buffer, ...levels.map(({ pixels }) => pixels.buffer)]);
  } catch (error) {
    // The page decodes a file of another kind by itself, and needs it back.
    answer({ error: String(error instanceof Error ? error.message : error), file, isUnsupported: error instanceof UnsupportedPngError }, [file]);
  }
});

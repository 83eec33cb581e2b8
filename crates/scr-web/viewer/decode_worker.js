// Worker: decodes radiographs beside the page, so that the page stays free.

import { decodeGreyPng } from "./png.js";
import { countValues, halved } from "./window.js";

globalThis.addEventListener("message", async ({ data: { number, file } }) => {
  try {
    const image = await decodeGreyPng(file);
    const counts = countValues(image.pixels, image.maxValue);
    const levels = [image];
    // A stage is rarely smaller than an eighth.
    while (levels.length < 4 && Math.min(image.width, image.height) >> levels.length > 64) levels.push(halved(levels[levels.length - 1]));
    globalThis.postMessage({ number, levels, counts }, { transfer: [counts.buffer, ...levels.map(({ pixels }) => pixels.buffer)] });
  } catch (error) {
    globalThis.postMessage({ number, error: String(error) });
  }
});

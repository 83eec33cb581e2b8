// Worker: decodes radiographs beside the page, so that the page stays free.

import { decode } from "./decoding.js";

globalThis.addEventListener("message", async ({ data: { number, file } }) => {
  try {
    const { levels, counts } = await decode(file);
    globalThis.postMessage({ number, levels, counts }, { transfer: [counts.buffer, ...levels.map(({ pixels }) => pixels.buffer)] });
  } catch (error) {
    globalThis.postMessage({ number, error: String(error) });
  }
});

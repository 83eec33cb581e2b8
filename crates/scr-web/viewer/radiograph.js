// Radiograph loader: fetches radiographs and has them decoded at full depth.
//
// Shows nothing: window.js has the grey windows, painter.js draws.

import { decode } from "./decoding.js";

/** @typedef {import("./decoding.js").Decoded} Decoded */

/** @type {Map<number, (answer: Partial<Decoded> & {error?: string}) => void>} */
const waiting = new Map();
let nAsked = 0;
/** @type {Worker | null} */
let started = null;

/** The decoder, started at the first call: each bundle has its own. */
function decoder() {
  if (started) return started;
  // The bundle imports nothing, and a classic worker starts sooner.
  const worker = new Worker(new URL("../viewer/decode_worker.js", import.meta.url));
  worker.addEventListener("message", ({ data }) => {
    waiting.get(data.number)?.(data);
    waiting.delete(data.number);
  });
  worker.addEventListener("error", () => {
    for (const answer of waiting.values()) answer({ error: "the decoder failed" });
  });
  return (started = worker);
}

/**
 * Fetches and decodes a grey PNG beside the page.
 *
 * @param {string} href
 * @returns {Promise<Decoded | null>} null if there is no such file
 */
export async function fetchGrey(href) {
  // It starts beside the fetch.
  const worker = decoder();
  const file = await fetchFile(href);
  if (!file) return null;
  const number = nAsked++;
  const { levels, counts, error } = await new Promise((resolve) => {
    waiting.set(number, resolve);
    worker.postMessage({ number, file }, [file]);
  });
  if (!levels || !counts) throw new Error(error);
  return { levels, counts };
}

/**
 * Fetches and decodes the first radiograph of a page here: a worker would take longer to start than
 * the decoder takes.
 *
 * @param {string} href
 */
export async function fetchFirstGrey(href) {
  const file = await fetchFile(href);
  return file && decode(file);
}

/** Bytes of a file; null if there is none. */
async function fetchFile(/** @type {string} */ href) {
  const response = await fetch(href);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.arrayBuffer();
}

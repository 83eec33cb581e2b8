// Upload panel: progress of an upload, and a button that pauses it.

import { api, Gate, send } from "./upload.js";

/**
 * Element of the page's template.
 *
 * @param {string} id
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {number} bytes */
export function amount(bytes) {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

/** @param {string} message */
export function say(message) {
  byId("upload").hidden = false;
  byId("upload-status").textContent = message;
}

/**
 * Uploads the file and opens the submission's page.
 *
 * @param {string} id
 * @param {Blob} blob
 */
export async function upload(id, blob) {
  const gate = new Gate();
  const button = byId("upload-pause");
  const progress = /** @type {HTMLProgressElement} */ (byId("upload-progress"));
  let received = 0;
  const show = () => {
    progress.value = received / blob.size;
    const held = gate.isClosed ? ", paused" : "";
    say(`${amount(received)} of ${amount(blob.size)} uploaded${held}. You can close this page and resume later with the same file.`);
  };
  button.addEventListener("click", () => {
    if (gate.isClosed) gate.open();
    else gate.close();
    button.textContent = gate.isClosed ? "Resume" : "Pause";
    show();
  });
  await send({
    server: api((...request) => fetch(...request)),
    id,
    blob,
    gate,
    onReceived: (bytes) => {
      received = bytes;
      show();
    },
    onRetry: () => say("The connection broke; trying again. The server keeps the uploaded part."),
  });
  location.assign(`/submissions/${id}`);
}

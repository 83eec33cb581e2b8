// The part of a page that shows an upload: how far it is, and a button that holds it.

import { api, Gate, send } from "./upload.js";

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

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
 * Sends the file and opens the submission's page.
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
    say(`${amount(received)} of ${amount(blob.size)} sent${held}. You may close this page and go on later with the same file.`);
  };
  button.addEventListener("click", () => {
    if (gate.isClosed) gate.open();
    else gate.close();
    button.textContent = gate.isClosed ? "Go on" : "Pause";
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
    onBroken: () => say("The connection is broken; trying again. Nothing that was sent is lost."),
  });
  location.assign(`/submissions/${id}`);
}

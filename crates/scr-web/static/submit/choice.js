// File choice of an upload: a zip file, a folder, or either dropped on the page.

import { byId, say } from "./panel.js";
import { filesOf, ofFolder } from "./source.js";

/** @typedef {import("./source.js").Source} Source */

/**
 * Passes every choice to `onSource`.
 *
 * @param {(source: Source) => void} onSource
 * @param {(error: unknown) => void} onError
 */
export function offerChoice(onSource, onError) {
  byId("folder-choice").hidden = false;
  const zip = /** @type {HTMLInputElement} */ (byId("file"));
  const folder = /** @type {HTMLInputElement} */ (byId("folder"));
  const packed = async (/** @type {{ path: string, file: Blob }[]} */ files) => {
    const source = await ofFolder(files, (done, total) => say(`Zipping the folder: ${done} of ${total} files.`));
    say(`Zipped ${files.length} files into ${source.name}.`);
    onSource(source);
  };
  zip.addEventListener("change", () => {
    const file = zip.files?.[0];
    if (file) onSource({ name: file.name, blob: file });
  });
  folder.addEventListener("change", () => {
    const files = [...(folder.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file }));
    if (files.length > 0) packed(files).catch(onError);
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const entry = event.dataTransfer?.items[0]?.webkitGetAsEntry();
    if (entry?.isDirectory) filesOf(entry).then(packed).catch(onError);
    else if (event.dataTransfer?.files[0]) {
      const [file] = event.dataTransfer.files;
      say(`Chosen: ${file.name}`);
      onSource({ name: file.name, blob: file });
    }
  });
}

// Submission page of an interrupted upload: resumes it with the same file.

import { offerChoice } from "./choice.js";
import { byId, say, upload } from "./panel.js";
import { mismatch } from "./source.js";

const part = byId("resume");
const { id = "", name = "", beginning = "" } = part.dataset;
const size = Number(part.dataset.size);
const showFailure = (/** @type {unknown} */ error) => say(error instanceof Error ? error.message : String(error));

part.hidden = false;
offerChoice((source) => {
  mismatch({ size, name, beginning }, source)
    .then((why) => {
      if (why) return say(`This is a different file: ${why}.`);
      part.hidden = true;
      return upload(id, source.blob);
    })
    .catch(showFailure);
}, showFailure);

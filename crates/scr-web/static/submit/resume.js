// The page of a submission whose upload broke off: goes on with the same file.

import { offerChoice } from "./choice.js";
import { byId, say, upload } from "./panel.js";
import { whyAnother } from "./source.js";

const part = byId("resume");
const { id, name, beginning } = part.dataset;
const size = Number(part.dataset.size);
const tell = (/** @type {unknown} */ error) => say(error instanceof Error ? error.message : String(error));

part.hidden = false;
offerChoice((source) => {
  whyAnother({ size, name, beginning }, source)
    .then((why) => {
      if (why) return say(`This is another file: ${why}.`);
      part.hidden = true;
      return upload(id, source.blob);
    })
    .catch(tell);
}, tell);

// The form of handing in, where script runs: begins the submission through the API and
// sends the file piece by piece. What is wrong is shown beside its field, and what was
// typed and chosen stays.

import { offerChoice } from "./choice.js";
import { byId, say, upload } from "./panel.js";
import { markOf } from "./source.js";
import { api, Refused } from "./upload.js";

/** @typedef {import("./source.js").Source} Source */

const form = /** @type {HTMLFormElement} */ (byId("submit"));
const fields = /** @type {HTMLFieldSetElement} */ (byId("fields"));
/** @type {Source | null} */
let source = null;

/** @param {Source} chosen */
function beginning(chosen) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
  return {
    card: {
      name: text("name"),
      authors: text("authors").split("\n").map((line) => line.trim()).filter(Boolean),
      description: text("description"),
      reference: text("reference"),
      code: text("code"),
      training: text("training"),
      two_fold_declaration: data.has("two_fold_declaration"),
    },
    corrects: text("corrects") || null,
    accept_terms: data.has("accept_terms"),
    size_bytes: chosen.blob.size,
  };
}

/** @param {{ field: string, message: string }[]} faults */
function showFaults(faults) {
  for (const place of form.querySelectorAll("[data-fault]")) {
    const fault = faults.find(({ field }) => field === place.dataset.fault);
    place.textContent = fault?.message ?? "";
    place.hidden = !fault;
  }
  form.querySelector("[data-fault]:not([hidden])")?.scrollIntoView({ block: "center" });
}

/** @param {unknown} error */
function tell(error) {
  fields.disabled = false;
  if (error instanceof Refused && error.fields.length > 0) {
    showFaults(error.fields);
    say("Nothing was handed in yet: see what is said beside the fields.");
  } else {
    say(`Nothing was handed in yet: ${error instanceof Error ? error.message : error}`);
  }
}

async function handIn() {
  const chosen = source ?? { name: "", blob: new Blob() };
  // Read before the fields are disabled.
  const typed = beginning(chosen);
  fields.disabled = true;
  const file = await markOf(chosen);
  const server = api((...request) => fetch(...request));
  const { submission } = await server.begin(form.dataset.benchmark, { ...typed, file });
  // A reload goes on with this upload instead of beginning another.
  history.replaceState(null, "", `/submissions/${submission}`);
  byId("upload").scrollIntoView({ block: "nearest" });
  await upload(submission, chosen.blob);
}

form.noValidate = true;
offerChoice((chosen) => {
  source = chosen;
}, tell);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  showFaults([]);
  handIn().catch(tell);
});
